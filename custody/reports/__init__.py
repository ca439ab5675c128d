"""What people read: an item's history, the custody register, the README of a bundle."""

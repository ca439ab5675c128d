"""A bundle: a zip with one BagIt bag in it, read in place; nothing in it is trusted yet."""

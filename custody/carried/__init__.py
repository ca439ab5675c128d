"""Hand-overs between two machines: files that are carried, and what each side believes of them."""

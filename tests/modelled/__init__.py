"""A small ledger in plain Python, told apart from the rules: what must be refused, and why."""

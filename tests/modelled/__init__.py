"""A small ledger in plain Python, told apart from the rules: what must be refused, and why.

Holds, retention, requests, dispositions and erasures are not in it: `tests.kept` tells of them, over
years. Limits of use are in neither: an item that nobody limits is all that these stories receive.
"""

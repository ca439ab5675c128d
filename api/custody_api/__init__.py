"""The HTTP API (its place; nothing is served yet)."""

"""Alembic's folder: run by `custody.store.migrating` when a ledger is made or opened."""

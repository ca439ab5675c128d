"""What keeps rows and evidence: the storage protocols of `custody.ledger`, fulfilled."""

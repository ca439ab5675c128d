"""The trusted core: formats, proofs, rules and checks. Standard library, cryptography and blake3 only."""

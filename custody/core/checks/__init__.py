"""The checks, one family a file; each owes a finding for every subject it was asked about."""

"""Who looked at what, when and why: a log of its own beside the ledger. (R26, R89–R92; SPEC §14)

A home's `consultations/`:

    00000001.jsonl   what was looked at in epoch 1: a line each; the newest epoch is open
    epochs           a line for each epoch that was closed, and for each erasure
    lock

and `log/consultations`, beside the log's keys: a signed note of the root over `epochs`. Bodies are
erased on schedule; `epochs` and the note stay, so that what is left can still be checked.

Lines are this machine's word: nobody signs a view. The note says that the log's keys held them to
be so when their epoch was closed.
"""

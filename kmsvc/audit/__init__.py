"""Looking into the audit trail: search, one entry before and after, verification of the chain.

The trail itself is written by the data layer (`kmsvc/core/audit.py`); nothing here can change it."""

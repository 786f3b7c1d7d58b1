"""Reviews of processes: at least yearly each process in force is looked at and confirmed or changed. Source: clause 42.

The dates come from the one duty engine; «confirmed, no change» is `definitions.usecases.confirm_review`."""

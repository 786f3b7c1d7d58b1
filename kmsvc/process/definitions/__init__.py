"""A process: a number, a group, a class, an owner, and versions that never change.

`draft_version_id` is what editors see, `published_version_id` what everybody follows; a publication row says who moved the
pointer, when it took effect, when it was recorded and why. Retired: the pointer is empty and a successor may be named.
Clauses 39 to 46 (tree, one entry point, owners)."""

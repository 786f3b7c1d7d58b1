"""An article: a number, an owner, a category, and versions that never change; draft and published pointers as for processes.

Some follow a process: each release of the process publishes the next version. States a reader sees: draft, published,
expired (validity is over), retired (superseded perhaps)."""

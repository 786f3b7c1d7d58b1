"""How articles belong together: twins in two languages, what replaces what, parts, and what else to read."""

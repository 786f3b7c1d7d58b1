"""Guided flows: one question after the other for complex cases, chosen by number keys, the path recorded."""

"""Attachments: stored once by their hash, reached only through the thing they belong to (R-A5)."""

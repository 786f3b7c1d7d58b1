"""Proposals: a new article or a correction that somebody with a licence hands in, and what a publisher does with it."""

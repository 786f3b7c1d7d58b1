"""Signing in: server-side sessions, API tokens, and limits on guessing that hold over all processes."""

"""Contacts with customers, and the answers that were used for them: linked by one key, taken back, judged, forgotten in time."""

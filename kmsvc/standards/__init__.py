"""Duties that return: rules, the obligations they make, and the ladder of reminders. One engine for the whole service."""

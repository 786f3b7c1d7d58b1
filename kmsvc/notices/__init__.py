"""Telling a person something: the inbox in the app and mail through the outbox. Rows hold codes and parameters, never prose."""

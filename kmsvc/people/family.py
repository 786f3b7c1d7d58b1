"""The tables of people as one family of `core.memory`: whoever changes one of them moves their common epoch (R-A7)."""

from kmsvc.core.memory import Family

PEOPLE = Family("people_epoch", frozenset({
    "people_unit", "people_post", "people_person", "people_role_grant", "people_account", "people_factor"}))

"""Persons, what they may do, and how they sign in.

A person is who answers for an act: separation of duties compares persons, so a second account of the same person or a
second role changes nothing. States: active, suspended."""

"""Auditor's rooms: somebody from outside sees the proof of one audit, draws samples, marks and asks; the house answers in place.

Whoever is invited sees this room and nothing else of the service; every look is on record."""

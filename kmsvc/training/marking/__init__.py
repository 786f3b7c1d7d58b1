"""Marking: who may judge whose answer, second marks, calibration, release, appeals, and marking anew. Points are decimals of two places.
A marking appeal is not a quality appeal. Source: domain 5.2, C10 to C15."""

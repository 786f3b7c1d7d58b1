"""Proof that comes from the work: what the service itself knows of each clause, by year, as it stood on any day.

Every part of the service describes its own records in one register; coverage counts them against what a clause asks for."""

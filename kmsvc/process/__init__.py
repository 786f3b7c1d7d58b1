"""Processes: what they are, how a change of one goes through fifteen steps, and what the field says about it.

definitions: processes and their immutable versions. changes: change requests and the fifteen steps.
fieldwork: the rows of steps 9 to 12 (plan lines, sit-ins, samples, feedback items)."""

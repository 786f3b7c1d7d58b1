"""Reader groups: whom a text is for beside units, by post and role. Clause #60.

A group stands where a unit stands as an audience (`audience_unit_id`), so every text, list and search that knows units knows
groups; an actor's `units` name the groups that person is in. Out of scope: whom people report to, which is the tree of units.
"""

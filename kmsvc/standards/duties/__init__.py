"""An obligation: a rule asks something of a subject for a period, by a day. Unique by rule, subject and period.

Rows are computed, never scheduled: a run makes what is due and missing, and catching up after three years is the same query.
Used for reviews of processes; other slices add rules, never another engine. Source: architecture decision 5.4."""

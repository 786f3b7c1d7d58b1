"""A change request: the demand for a new or other process, and its way through the fifteen steps.

`state` names the open step (received … releasing2) or an end (released2, rejected, withdrawn, closed_no_need). The table of
steps and verbs stands in `rules.py`; `verbs.py` joins each verb to its inputs and its use case; what a caller may do now is
computed from both and offered by all doors. Source: domain 4.4; clauses 63, 65, 67."""

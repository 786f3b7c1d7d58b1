"""The words of the centre: a term of ours and what customers say for it, so that a search in their words finds our answer.
Source: feature B3."""

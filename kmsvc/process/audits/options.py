"""Settings of process audits. Source: domain section 4.3, N14."""

from kmsvc.core.options import Option
from kmsvc.core.texts import N_

THEMES_LEAST = Option("process.audit.themes_least", 3, N_("Themed optimisations a year, at least (N14)"), minimum=0, maximum=50)
THEMES_MOST = Option("process.audit.themes_most", 4, N_("Themed optimisations a year, at most (N14)"), minimum=1, maximum=50)

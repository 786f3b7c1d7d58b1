"""Who may change the tree of units and posts."""

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

MANAGE_UNITS = Permission("people.unit.manage", N_("Keep organisation units and posts"))

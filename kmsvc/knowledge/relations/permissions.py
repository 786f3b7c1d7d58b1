"""What the system itself may do with relations; people need what writing articles needs."""

from __future__ import annotations

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

FOLLOW_RETIRED = Permission("knowledge.relation.follow", N_("Relate a retired article to what takes its place"))

"""Who reads lessons, who makes and keeps them."""

from __future__ import annotations

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_
from kmsvc.knowledge.citations.permissions import keeps

READ_LESSON = Permission("knowledge.lesson.read", N_("Read lessons through"))
WRITE_LESSON = Permission("knowledge.lesson.write", N_("Make lessons of articles and paragraphs"), keeps)

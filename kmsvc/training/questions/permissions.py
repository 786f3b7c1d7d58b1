"""Who sees questions with their keys, who writes them, what the service itself does. A candidate holds none of these (E1)."""

from __future__ import annotations

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

SEE_QUESTIONS = Permission("training.question.see", N_("See questions with their keys and figures"))
WRITE_QUESTIONS = Permission("training.question.write", N_("Write questions, banks and topics, import and withdraw them"))
TAKE_QUESTIONS = Permission("training.question.take", N_("Take questions away as a file, keys and all"))
FOLLOW_QUESTIONS = Permission("training.question.follow", N_("Take questions out of the pool and back as facts ask for it"))

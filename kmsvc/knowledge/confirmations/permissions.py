"""Who confirms and who asks for it."""

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

CONFIRM = Permission("knowledge.confirmation.give", N_("Confirm having read a version"))
ASK = Permission("knowledge.confirmation.ask", N_("Ask people to read a version"))

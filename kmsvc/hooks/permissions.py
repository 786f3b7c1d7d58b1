"""Who registers hooks; what the service itself does."""

from __future__ import annotations

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

MANAGE_HOOKS = Permission("hooks.hook.manage", N_("Register systems that are told what happens here, and look after them"))
DELIVER_HOOKS = Permission("hooks.hook.deliver", N_("Tell other systems what happened"))

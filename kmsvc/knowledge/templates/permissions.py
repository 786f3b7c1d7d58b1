"""Who keeps templates; whoever writes articles uses them."""

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

KEEP_TEMPLATES = Permission("knowledge.template.keep", N_("Keep the templates of articles"))

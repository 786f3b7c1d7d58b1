"""Who makes one article of several, and several of one; the texts themselves need what editing them needs."""

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

RESHAPE = Permission("knowledge.reshape.do", N_("Merge and split articles"))

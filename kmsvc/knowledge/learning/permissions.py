"""Who sees and judges what was learned from use, and who works it out."""

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

KEEP_LEARNED = Permission("knowledge.learning.keep", N_("See what was learned from use, switch parts of it off, reset it"))
LEARN = Permission("knowledge.learning.learn", N_("Work out what is learned from use"))

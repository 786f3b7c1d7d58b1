"""Who keeps the words."""

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

KEEP_WORDS = Permission("knowledge.vocabulary.keep", N_("Keep the vocabulary: our terms and what customers say"))

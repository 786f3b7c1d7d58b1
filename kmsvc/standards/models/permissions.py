"""Who reads the standards, and who keeps them: editions, licensed texts, mappings."""

from __future__ import annotations

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

SEE_STANDARDS = Permission("standards.model.see", N_("See the standards: their clauses, levels and what they ask for"))
KEEP_STANDARDS = Permission("standards.model.keep", N_("Keep the standards: bring in editions, licensed texts and mappings"))
READ_LICENSED = Permission("standards.model.read_text", N_("Read the licensed wording of the standards beside our own short gists"))
INSTALL_STANDARDS = Permission("standards.model.install", N_("Bring in the standards that come with the product"))

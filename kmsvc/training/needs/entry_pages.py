"""Pages of the import of what hurts: choose a file, see row by row what would happen, let it happen."""

from __future__ import annotations

from flask import Blueprint

from kmsvc.knowledge.tables import doors
from kmsvc.training.needs.rows import ENTRIES

blueprint = Blueprint("training_needs_entry_pages", __name__, url_prefix="/training/needs/entries")

doors.add_doors(blueprint, ENTRIES)

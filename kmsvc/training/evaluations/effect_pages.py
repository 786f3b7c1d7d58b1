"""Pages of the import of effects: choose a file, see row by row what would happen, let it happen."""

from __future__ import annotations

from flask import Blueprint, Response, url_for

from kmsvc.core.web import go
from kmsvc.knowledge.tables import doors
from kmsvc.training.evaluations.rows import EFFECTS

blueprint = Blueprint("training_effects_pages", __name__, url_prefix="/training/evaluations/effects")


@blueprint.get("")
def index() -> Response:
    """The list the import belongs to is that of evaluations."""
    return go(url_for("training_evaluations_pages.index"))


doors.add_doors(blueprint, EFFECTS)

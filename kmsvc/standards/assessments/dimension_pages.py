"""The page that weighs the marks of dimensions: each mark with its share of the weights, and what it adds to the total. Source: 11.3."""

from __future__ import annotations

import csv
import io

from flask import Blueprint, render_template, request

from kmsvc.core.errors import InvalidInput, NotFound
from kmsvc.core.telling import form_refused
from kmsvc.core.web import look
from kmsvc.standards.assessments.marking import score_dimensions
from kmsvc.standards.assessments.permissions import SEE_ASSESSMENTS
from kmsvc.standards.models.models import StandardModel
from kmsvc.standards.models.showing import said, title_of

blueprint = Blueprint("standards_dimension_pages", __name__, url_prefix="/standards/assessments/dimensions")
LONGEST = 20


@blueprint.get("/<int:standard_id>")
def weigh(standard_id: int) -> str:
    """Marks from 0 to 100 and weights in the address; nothing is kept."""
    with look() as work:
        work.permit(SEE_ASSESSMENTS)
        model = work.get(StandardModel, standard_id)
    held = model.frame.get("dimensions", [])
    if not held:
        raise NotFound()
    typed = {one["code"]: (request.args.get(f"mark_{one['code']}", "")[:LONGEST], request.args.get(
        f"weight_{one['code']}", str(one.get("weight") or ""))[:LONGEST]) for one in held}
    result, why = None, ""
    if any(mark for mark, _ in typed.values()):
        out = io.StringIO()
        csv.writer(out).writerows([("dimension", "mark", "weight"), *((code, *pair) for code, pair in typed.items())])
        try:
            result = score_dimensions(model, out.getvalue())
        except InvalidInput as error:
            told = form_refused(error)
            why = " ".join(str(one) for one in told.errors.get("file", [told.said]))
    return render_template(
        "standards/assessments/dimensions.html", model=model, title=title_of(model), typed=typed, result=result, why=why,
        part="assessments", names={one["code"]: said(one["title"]) for one in held})

"""How a program imports a list, and why something is taken away."""

from __future__ import annotations

from marshmallow import fields, validate

from kmsvc.core.schemas import InputSchema, Text
from kmsvc.core.texts import N_


class TableImport(InputSchema):
    """dry_run: every row is checked and counted, nothing is kept."""

    dry_run = fields.Boolean(load_default=False)


class Removal(InputSchema):
    """Why something is taken away."""

    reason = Text(required=True, validate=validate.Length(max=2000), error_messages={
        "required": N_("This is needed."), "null": N_("This is needed.")})

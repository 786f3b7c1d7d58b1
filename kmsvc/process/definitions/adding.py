"""Processes the centre had before kmsvc: they come in with their numbers, and the operator may bring their old texts.

A process added by hand has no text; its text comes through a change request. Only the operator of the machine may take over a
text nobody signed here, with a reason, and only before the process has gone through a change request."""

from __future__ import annotations

import re
from datetime import date

from marshmallow import fields, validate
from sqlalchemy import func, select

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.schemas import InputSchema, Line, Whole
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.queries import holders_of
from kmsvc.people.units.queries import root_unit, unit_by_code
from kmsvc.process.definitions.models import Process, ProcessVersion, Publication
from kmsvc.process.definitions.permissions import ADOPT_TEXT, MANAGE_PROCESS
from kmsvc.process.definitions.rules import ProcessClass, ProcessGroup
from kmsvc.process.definitions.usecases import add_process, adopt_version

_LABEL = re.compile(r"[Vv]?(\d{1,4})\.(\d{1,4})")


class ProcessInput(InputSchema):
    """A process to add; without a number it gets the next free one."""

    number = Line(load_default=None, allow_none=True, metadata={
        "description": "the number people know it by; without one the next free is taken", "label": N_("Number")},
        validate=[validate.Length(max=32), validate.Regexp(r"(?!\d+$)[^\s/]+$", error=N_(
            "A number has letters or marks in it, and no spaces."))])
    name = Line(required=True, validate=validate.Length(max=200))
    group = fields.String(required=True, validate=validate.OneOf([one.value for one in ProcessGroup]))
    klass = fields.String(required=True, data_key="class", validate=validate.OneOf([one.value for one in ProcessClass]))
    owner = Line(load_default=None, allow_none=True, validate=validate.Length(max=200),
                 metadata={"description": "login of a business owner", "label": N_("Owner")})
    audience = Line(load_default=None, allow_none=True, validate=validate.Length(max=64),
                    metadata={"description": "code of a unit; without one the whole centre", "label": N_("For whom")})
    review_months = Whole(load_default=12, validate=validate.Range(
        min=1, max=12, error=N_("Between 1 and 12 months: every process is reviewed at least yearly.")))


def bring_in(work: Work, *, name: str, group: str, klass: str, owner: str | None = None, number: str | None = None,
             audience: str | None = None, review_months: int = 12) -> Process:
    """Add a process to the tree by hand, perhaps with the number it always had. owner: login; audience: code of a unit."""
    work.permit(MANAGE_PROCESS)
    person = next((one for one in holders_of(work.session, "business_owner") if one.login == owner), None) if owner else None
    if owner and person is None:
        raise InvalidInput({"owner": [N_("There is no active business owner with this login.")]})
    unit = unit_by_code(work.session, audience) if audience else None
    if audience and (unit is None or unit.closed_at is not None):
        raise InvalidInput({"audience": [N_("There is no open unit with this code.")]})
    root = root_unit(work.session)
    made = add_process(work, name=name, group=group, klass=klass, owner_id=person.id if person else None,
                       audience_unit_id=unit.id if unit and (root is None or unit.id != root.id) else None,
                       number=number.upper() if number else None)
    made.review_months = review_months
    return made


def label_of(text: str) -> tuple[int, int]:
    """(3, 2) of `3.2` or `V3.2`; InvalidInput otherwise."""
    found = _LABEL.fullmatch(text.strip())
    if found is None:
        raise InvalidInput({"label": [N_("A version label has two numbers, as in 3.2.")]})
    return int(found[1]), int(found[2])


def adopt_text(work: Work, process_id: int, *, body: str, label: tuple[int, int], effective_on: date, zone: str, today: date,
               reason: str, name: str | None = None, purpose: str = "") -> ProcessVersion:
    """Take over a text that is in force outside kmsvc, with its own label and day; the operator answers for it.

    Older ones first. RuleBroken once a version of the process was written here or it is retired: from then on texts are signed.
    """
    process = work.get(Process, process_id, lock=True)
    work.permit(ADOPT_TEXT, process)
    if not reason.strip():
        raise InvalidInput({"reason": [N_("This is needed.")]})
    if effective_on > today:
        raise InvalidInput({"effective_on": [N_("Only a text that is in force already can be taken over.")]})
    written = work.session.scalar(select(func.count()).select_from(ProcessVersion).where(
        ProcessVersion.process_id == process.id, ProcessVersion.change_id.is_not(None)))
    if written or process.retired_at is not None:
        raise RuleBroken("process.definition.own_texts", N_(
            "This process has texts of its own here, or is retired. Its text changes through a change request."))
    last = work.session.scalars(select(ProcessVersion).where(ProcessVersion.process_id == process.id)
                                .order_by(ProcessVersion.ordinal.desc()).limit(1)).one_or_none()
    since = work.session.scalar(select(func.max(Publication.effective_on)).where(Publication.process_id == process.id))
    if (last is not None and label <= (last.major, last.minor)) or (since is not None and effective_on < since):
        raise RuleBroken("process.definition.older_first", N_("Older versions come first: this one is not newer than V%(label)s."),
                         label=last.label if last else "")
    work.because(reason)
    return adopt_version(work, process.id, name=name or process.name, purpose=purpose, body=body, label=label,
                         effective_on=effective_on, zone=zone, today=today, note=reason)

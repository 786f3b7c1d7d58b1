"""The kinds every centre begins with: information security, process awareness, minimum skills, each yearly. Source: clauses 28, 64, 80.

They ask at once and show on every passport what is missing; nobody is reminded before a course or an exam leads to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import select

from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.certificates.models import CertificateKind
from kmsvc.training.certificates.rules import PRESETS, Purpose
from kmsvc.training.certificates.usecases import KindDraft, add_need, make_kind

DEFAULTS: tuple[tuple[Purpose, str, str, tuple[str | None, ...]], ...] = (
    (Purpose.SECURITY, N_("Information security"),
     N_("Knows the rules for data, devices and visitors, and how to report an incident. Before going on duty, then each year."),
     (None,)),
    (Purpose.AWARENESS, N_("Process awareness"),
     N_("Knows the processes in force that concern the post: by the yearly exam, or by having confirmed every version within the year."),
     (None,)),
    (Purpose.SKILLS, N_("Minimum skills of the post"),
     N_("Handles contacts of the post alone, without help. Before live work, then each year."), ("agent", "team_leader")),
)
"""purpose, name, what it proves, roles that are asked (None: everybody)"""


def default_kinds(work: Work, today: date, say: Callable[[str], str] = str) -> list[CertificateKind]:
    """Make those that are not there yet, with who is asked for them; say: an English source in the language of the centre. A default
    that was renamed or retired stays as it is."""
    there = set(work.session.scalars(select(CertificateKind.preset).where(CertificateKind.preset.is_not(None))))
    made = []
    for purpose, name, proves, roles in DEFAULTS:
        if purpose.value in there:
            continue
        clause, validity = PRESETS[purpose]
        row = make_kind(work, KindDraft(
            say(name), purpose.value, say(proves), clause, validity.months, validity.counting.value, validity.roll_from.value,
            validity.early_days, validity.grace_days, by_reading=purpose == Purpose.AWARENESS), preset=purpose.value)
        for role in roles:
            add_need(work, row.id, since=today, role=role)
        made.append(row)
    return made

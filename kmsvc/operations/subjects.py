"""What periodic work failed for, as a person reads it: which job, which thing by its number, and where it opens."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.process.definitions.models import Process, Publication
from kmsvc.standards.duties.usecases import RULES

JOBS = {"duties": N_("Duties and reminders"), "live": N_("Releases on their day")}


@dataclass(frozen=True)
class Subject:
    """job: English source. what: English source of the rule or act, or empty. number and url: of the thing, where known."""

    job: str
    what: str
    number: str
    url: str


def subject_of(session: Session, job: str, subject: str) -> Subject:
    """A failing subject (`process.review:12`, `publication:7`) in words; what is not known stays as it is."""
    sort, _, ident = subject.rpartition(":")
    rule = RULES.get(sort) if job == "duties" else None
    what = rule.label if rule else N_("Release of a version") if sort == "publication" else ""
    process_id = int(ident) if ident.isdecimal() and len(ident) < 10 else None
    if sort == "publication" and process_id is not None:
        process_id = session.scalar(select(Publication.process_id).where(Publication.id == process_id))
    of_process = sort == "publication" or (rule is not None and rule.subject_kind == "process")
    process = session.get(Process, process_id) if of_process and process_id is not None else None
    return Subject(JOBS.get(job, job), what, process.number if process else subject,
                   f"/process/definitions/{process.id}" if process else "")

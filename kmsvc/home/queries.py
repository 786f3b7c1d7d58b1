"""«My day»: one list of what is mine to do, from all slices, overdue first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.i18n import sentence
from kmsvc.core.texts import N_
from kmsvc.knowledge.confirmations.queries import open_confirmations
from kmsvc.process.changes import rules
from kmsvc.process.changes.queries import mine, my_changes
from kmsvc.process.definitions.models import Process
from kmsvc.standards.duties.usecases import open_of


@dataclass(frozen=True)
class Task:
    """One thing to do: where it comes from, what, why, how long, by when, and the button that finishes it."""

    icon: str
    title: str
    why: str
    minutes: int
    due_on: date | None
    url: str
    button: str
    kind: str


def tasks(session: Session, actor: Actor, today: date) -> list[Task]:
    """Everything this person is asked to do, earliest due first; without a due day at the end."""
    if actor.person_id is None:
        return []
    found = [Task("doc", sentence(N_("Read and confirm «%(title)s» %(version)s"),
                                  {"title": one.title, "version": one.version_label}),
                  one.number, max(1, round(one.seconds / 60)), one.due_on, one.url, sentence(N_("Read and confirm")),
                  "confirmation") for one in open_confirmations(session, actor)]
    for change in my_changes(session, actor):
        step = rules.STEPS[change.step - 1]
        due = change.step_since.date() + timedelta(days=change.limit_days)
        found.append(Task("branch", change.title, sentence(
            N_("%(number)s · step %(step)s, %(label)s"),
            {"number": change.number, "step": change.step, "label": sentence(step.state.label)}),
            10, due, f"/process/changes/{change.id}", sentence(N_("Take it on")), "change"))
    for duty in open_of(session, actor.person_id, today + timedelta(days=30)):
        process = session.get(Process, duty.subject_id) if duty.subject_kind == "process" else None
        if process is not None:
            found.append(Task("hist", sentence(N_("Review «%(name)s»"), {"name": process.name}), process.number, 10,
                              duty.due_on, f"/process/definitions/{process.id}", sentence(N_("Review")), "review"))
    return sorted(found, key=lambda task: (task.due_on or date.max, task.title))


def todo_count(session: Session, actor: Actor, today: date) -> int:
    """How many things this person is asked to do."""
    if actor.person_id is None:
        return 0
    return (len(open_confirmations(session, actor)) + len(mine(session, actor))
            + len(open_of(session, actor.person_id, today + timedelta(days=30))))

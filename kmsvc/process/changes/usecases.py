"""Submitting a request and steps 1 to 3: accept, research, name assistants. Source: clause 65."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.numbers import number_of_year
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.work import Work, centre_day
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.queries import person_by_login
from kmsvc.people.units.models import Unit
from kmsvc.people.units.queries import unit_by_code
from kmsvc.process.changes import scenes
from kmsvc.process.changes.enums import Trigger, Urgency
from kmsvc.process.changes.events import ChangeSubmitted
from kmsvc.process.changes.models import AffectedUnit, Assistant, Change, Comment, HistoryEntry, Research
from kmsvc.process.changes.moves import finish, start
from kmsvc.process.changes.naming import name_moved
from kmsvc.process.changes.permissions import SUBMIT_CHANGE
from kmsvc.process.changes.rules import State
from kmsvc.process.changes.writing import keep_draft_of_author
from kmsvc.process.definitions.models import Process
from kmsvc.process.definitions.permissions import READ_PROCESS
from kmsvc.process.definitions.rules import ProcessClass, ProcessGroup
from kmsvc.process.definitions.usecases import new_process as make_process


def person_named(work: Work, login: str, field: str) -> Person:
    """The person behind a chosen login, or InvalidInput at that field."""
    person = person_by_login(work.session, str(login))
    if person is None or person.state != "active":
        raise InvalidInput({field: [N_("There is no account with this login.")]})
    return person


def holder_named(work: Work, login: str, role: str, field: str) -> Person:
    """The person behind a chosen login who holds a role, or InvalidInput at that field."""
    person = person_named(work, login, field)
    if role not in person.role_names:
        raise InvalidInput({field: [N_("This person does not hold the role that is needed.")]})
    return person


def submit_change(work: Work, *, title: str, reason: str, today: date, process_id: int | None = None,
                  new_process: dict[str, str] | None = None, wanted_on: date | None = None,
                  urgency: str = Urgency.NORMAL, trigger: str = Trigger.BUSINESS, place: str | None = None) -> Change:
    """Ask for a change of a process, or for a new one; any signed-in person may. It starts at step 1.

    place: the page it was asked from, so that whoever takes it on sees what the asker saw.

    Raises InvalidInput unless exactly one of process_id and new_process {name, group, class} is given, and for a day
    before `today`.
    """
    work.permit(SUBMIT_CHANGE)
    if wanted_on is not None and wanted_on < today:
        raise InvalidInput({"wanted_on": [N_("This day is in the past; today is the earliest.")]})
    if (process_id is None) == (new_process is None):
        raise InvalidInput({"process_id": [N_("Name the process, or describe a new one; one of the two.")]})
    if process_id is not None:
        process = work.get(Process, process_id)
        if not can(work.actor, READ_PROCESS, process):
            raise NotFound()
    if new_process is not None:
        if new_process.get("group") not in set(ProcessGroup):
            raise InvalidInput({"new_process": {"group": [N_("There is no such process group.")]}})
        if new_process.get("class") not in set(ProcessClass):
            raise InvalidInput({"new_process": {"class": [N_("There is no such class.")]}})
    change = Change(
        number=number_of_year(work.session, "CR", "change", centre_day(work.session, work.now).year), title=title, reason=reason,
        trigger=Trigger(trigger), urgency=Urgency(urgency), wanted_on=wanted_on, process_id=process_id,
        new_process=dict(new_process) if new_process else None, place=place, state=State.RECEIVED, visits={"1": 1},
        asker_id=work.actor.person_id, step_since=work.now, submitted_at=work.now)
    work.session.add(change)
    work.session.flush()
    name_moved(work.session)
    work.session.add(HistoryEntry(change_id=change.id, step=1, verb="submit", person_id=work.actor.person_id, at=work.now,
                                  from_state=State.RECEIVED, to_state=State.RECEIVED, comment=reason))
    work.record(ChangeSubmitted(change.id))
    return change


def accept(work: Work, change_id: int, *, author: str, owner: str | None = None, comment: str | None = None,
           version: int | None = None) -> None:
    """Step 1: take the request on and name its author; a process without an owner gets one."""
    turn = start(work, change_id, "accept", version=version)
    change = turn.change
    change.author_id = holder_named(work, author, "process_author", "author").id
    if turn.scene.owner_id is None:
        if owner is None:
            raise InvalidInput({"owner": [N_("This is needed.")]})
        person = holder_named(work, owner, "business_owner", "owner")
        if change.process_id is not None:
            work.get(Process, change.process_id, lock=True).owner_id = person.id
        else:
            asked = change.new_process or {}
            made = make_process(work, name=asked["name"], group=asked["group"], klass=asked["class"], owner_id=person.id)
            change.process_id = made.id
    finish(turn, comment=comment)


def ask_back(work: Work, change_id: int, *, question: str, version: int | None = None) -> None:
    """Step 1: the request is not complete; back to the asker with a question."""
    turn = start(work, change_id, "ask_back", version=version)
    turn.change.asked_back = True
    finish(turn, comment=question, awaited=True)


def resubmit(work: Work, change_id: int, *, reason: str, title: str | None = None, version: int | None = None) -> None:
    """Step 1: the asker answers with a fuller reason."""
    turn = start(work, change_id, "resubmit", version=version)
    turn.change.reason = reason
    if title and title != turn.change.title:
        turn.change.title = title
        name_moved(work.session)
    turn.change.asked_back = False
    finish(turn, comment=reason, awaited=True)


def close_with_reason(work: Work, change_id: int, verb: str, *, reason: str, version: int | None = None) -> None:
    """Reject, withdraw, close for no need, change the scope: a verb that needs only its reason."""
    finish(start(work, change_id, verb, version=version), comment=reason)


def record_research(work: Work, change_id: int, *, present_state: str, affected_unit: str | None = None,
                    parties: str | None = None, gap: str | None = None, risk: str | None = None,
                    version: int | None = None) -> None:
    """Step 2: the author's note, and the first unit the change affects."""
    turn = start(work, change_id, "record_research", version=version)
    note = Research(change_id=change_id, visit=turn.change.visit(2), parties=parties, present_state=present_state, gap=gap,
                    risk=risk, person_id=work.actor.person_id, recorded_at=work.now)
    work.session.add(note)
    work.session.flush()
    if affected_unit:
        _affect(work, turn.change, affected_unit)
    finish(turn, comment=present_state, record=("research", note.id), awaited=True)


def add_affected_unit(work: Work, change_id: int, *, unit: str, version: int | None = None) -> None:
    """Steps 2 and 3: one more unit names an assistant and is trained."""
    turn = start(work, change_id, "add_affected_unit", version=version)
    named = _affect(work, turn.change, unit)
    finish(turn, comment=named.name)


def _affect(work: Work, change: Change, code: str) -> Unit:
    unit = unit_by_code(work.session, str(code))
    if unit is None:
        raise InvalidInput({"unit": [N_("There is no unit with this code.")]})
    known = set(work.session.scalars(select(AffectedUnit.unit_id).where(AffectedUnit.change_id == change.id)))
    if unit.id not in known:
        work.session.add(AffectedUnit(change_id=change.id, unit_id=unit.id))
    return unit


def confirm_need(work: Work, change_id: int, *, comment: str | None = None, version: int | None = None) -> None:
    """Step 2: the business owner confirms. Without a named unit the change affects the process's whole audience."""
    turn = start(work, change_id, "confirm_need", version=version)
    if not turn.scene.units:
        unit = scenes.default_unit(work.session, turn.change)
        if unit is not None:
            work.session.add(AffectedUnit(change_id=change_id, unit_id=unit.id))
    finish(turn, comment=comment)


def name_assistant(work: Work, change_id: int, *, unit: str, person: str, version: int | None = None) -> None:
    """Step 3: name who helps from an affected unit; naming again replaces. Step 5: in place of one who is gone."""
    turn = start(work, change_id, "name_assistant", version=version)
    chosen = person_named(work, person, "person")
    place = unit_by_code(work.session, str(unit))
    if place is None:
        raise InvalidInput({"unit": [N_("There is no unit with this code.")]})
    if place.id not in turn.scene.units:
        raise InvalidInput({"unit": [N_("This change does not affect this unit.")]})
    if chosen.login not in {login for login, _ in scenes.assistant_people(work.session, turn.change, turn.scene)}:
        raise InvalidInput({"person": [N_("This person is not of a unit that needs an assistant.")]})
    for old in work.session.scalars(select(Assistant).where(
            Assistant.change_id == change_id, Assistant.unit_id == place.id, Assistant.state.in_(("named", "accepted")))):
        old.state = "replaced"
    row = Assistant(change_id=change_id, unit_id=place.id, person_id=chosen.id, state="named", named_at=work.now)
    work.session.add(row)
    work.session.flush()
    finish(turn, comment=f"{place.name} · {chosen.name}", record=("assistant", row.id), awaited=True)


def accept_assistance(work: Work, change_id: int, *, comment: str | None = None, version: int | None = None) -> None:
    """Step 3: the person named agrees, for every unit that named them; the last one opens step 4."""
    turn = start(work, change_id, "accept_assistance", version=version)
    _answer(work, change_id, "accepted")
    finish(turn, comment=comment)


def decline_assistance(work: Work, change_id: int, *, reason: str, version: int | None = None) -> None:
    """The person named cannot; the unit waits for another name."""
    turn = start(work, change_id, "decline_assistance", version=version)
    _answer(work, change_id, "declined")
    finish(turn, comment=reason, awaited=True)


def _answer(work: Work, change_id: int, state: str) -> None:
    for row in work.session.scalars(select(Assistant).where(
            Assistant.change_id == change_id, Assistant.person_id == work.actor.person_id, Assistant.state == "named")):
        row.state = state
        row.answered_at = work.now


def assign_author(work: Work, change_id: int, *, author: str, reason: str | None = None, version: int | None = None) -> None:
    """Name another author; what the former one wrote stays theirs, and neither may sign it, nor have signed it (R-W2)."""
    turn = start(work, change_id, "assign_author", version=version)
    chosen = holder_named(work, author, "process_author", "author")
    if chosen.id in turn.scene.signed.values():
        raise RuleBroken("process.change.signer_as_author", N_("Whoever has signed this text cannot be named its author."))
    if chosen.id != turn.change.author_id:
        keep_draft_of_author(turn)
    turn.change.author_id = chosen.id
    finish(turn, comment=reason, awaited=True)


def comment(work: Work, change_id: int, *, text: str, block_id: str | None = None, version: int | None = None) -> Comment:
    """A remark at any step; one made during the initial review waits for the author's answer."""
    turn = start(work, change_id, "comment", version=version)
    row = Comment(change_id=change_id, version_id=turn.change.candidate_id, block_id=block_id,
                  person_id=work.actor.person_id, text=text, at=work.now, wants_answer=turn.scene.step == 5)
    work.session.add(row)
    work.session.flush()
    finish(turn, comment=text, record=("comment", row.id))
    return row

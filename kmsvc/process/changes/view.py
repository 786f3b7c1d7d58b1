"""What the page of one request shows, put together from the reads and said in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.i18n import fmt_date, fmt_when, label, listed, sentence
from kmsvc.people.accounts.queries import names
from kmsvc.process.changes import fifteen, queries, rules
from kmsvc.process.changes.comparison import Comparison, VersionNote, compare, sees_draft, version_notes
from kmsvc.process.changes.fifteen import StepRow
from kmsvc.process.changes.impact import ResearchNote, impact_count, research_of
from kmsvc.process.changes.models import Change, Signature
from kmsvc.process.changes.queries import ChangeCard
from kmsvc.process.changes.talk import Remark, remarks
from kmsvc.process.changes.training import Training, training_of


@dataclass(frozen=True)
class RequestView:
    """One request as its page shows it; the tabs read what they need beside it."""

    change: Change
    card: ChangeCard
    scene: rules.Scene
    rows: list[StepRow]
    notes: list[VersionNote]
    comparison: Comparison | None
    remarks: list[Remark]
    research: ResearchNote | None
    signatures: list[dict[str, Any]]
    impact_count: int
    drafts_shown: bool
    today: date
    zone: str
    training: Training | None = None

    @property
    def done_steps(self) -> int:
        """How many of the fifteen were left behind."""
        return sum(row.status == "done" for row in self.rows)


def request_view(session: Session, actor: Actor, change_id: int, *, today: date, now: datetime, zone: str,
                 old: int | None = None, new: int | None = None) -> RequestView:
    """Everything about one request; old and new name versions to compare. NotFound where it is not for this caller."""
    card = queries.change_card(session, actor, change_id, today)
    change = session.get(Change, change_id)
    assert change is not None
    scene = card.scene
    notes = version_notes(session, actor, change)
    return RequestView(
        change=change, card=card, scene=scene, rows=fifteen.rows(card.history, change.state, now), notes=notes,
        comparison=compare(session, actor, change, notes, old=old, new=new), remarks=remarks(session, change),
        research=research_of(session, change), signatures=signature_rows(session, change, scene, card),
        impact_count=impact_count(session, actor, change), drafts_shown=sees_draft(session, actor, change), today=today, zone=zone,
        training=training_of(session, change, today) if change.visit(9) else None)


def signature_rows(session: Session, change: Change, scene: rules.Scene, card: ChangeCard) -> list[dict[str, Any]]:
    """Both places of the joint approval of the present (or last) round: who signed when, or who is awaited."""
    step = scene.step if scene.step in (7, 14) else 14 if change.visit(14) and scene.step > 14 else 7
    if not change.visit(step):
        return []
    rows = {row.capacity: row for row in session.scalars(select(Signature).where(
        Signature.change_id == change.id, Signature.step == step, Signature.visit == change.visit(step)))}
    counted = scene.signed if scene.step == step else {name: row.person_id for name, row in rows.items()}
    who = names(session, [row.person_id for row in rows.values()] + [scene.owner_id])
    titles = {"manager": _("Process manager"), "owner": _("Business owner")}
    found = []
    for capacity in rules.CAPACITIES:
        row = rows.get(capacity)
        if row is not None and capacity in counted:
            found.append({"name": who.get(row.person_id, ""), "at": row.at, "title": titles[capacity], "signed": True,
                          "id": row.id})
        elif scene.step == step:
            managers = [one.name for one in card.holders if one.person_id != scene.owner_id]
            awaited = who.get(scene.owner_id or 0, "") if capacity == "owner" else people_text(managers)
            found.append({"name": awaited or titles[capacity], "at": None, "title": titles[capacity], "signed": False,
                          "id": None})
    return found


def phases(view: RequestView, url: str) -> list[dict[str, Any]]:
    """The fifteen steps in five phases, for the line at the top of the page."""
    found = []
    rows = {row.step.number: row for row in view.rows}
    for phase, steps in rules.phase_rows():
        its = [rows[step.number] for step in steps]
        now = next((row for row in its if row.status == "now"), None)
        done = all(row.status == "done" for row in its)
        span = f"{steps[0].number}–{steps[-1].number}"
        took = sum(row.stood.total_seconds() for row in its) / 86_400
        note = (f"{span} · {days_text(took)}" if done else
                _("%(span)s · for %(time)s", span=span, time=days_text(took)) if now else span)
        found.append({
            "name": label(phase), "note": note, "state": "done" if done else "now" if now else "",
            "done": sum(row.status == "done" for row in its) + (0.5 if now else 0), "total": len(steps),
            "steps": [{"number": row.step.number, "name": label(row.step.state),
                       "state": row.status if row.status in ("done", "now", "skip") else "",
                       "title": step_title(row), "href": f"{url}?tab=record#step-{row.step.number}"} for row in its]})
    return found


def step_title(row: StepRow) -> str:
    """What hovering over a step says: number, name, who, when."""
    said = f"{row.step.number} {label(row.step.state)}"
    people = people_text(row.people)
    when = fmt_date(row.left_at) if row.left_at and row.status == "done" else ""
    return " · ".join(filter(None, (said, people, when)))


def people_text(people: tuple[str, ...] | list[str], most: int = 3) -> str:
    """Names in a row; many are cut to the first ones and a number."""
    shown = listed(people[:most])
    if len(people) <= most:
        return shown
    return ngettext("%(names)s and %(num)d more", "%(names)s and %(num)d more", len(people) - most, names=shown)


def days_text(days: float) -> str:
    """A length of time in minutes, hours (up to two days) or days, as people say it."""
    minutes = round(days * 1_440)
    if minutes < 1:
        return _("less than a minute")
    if minutes < 60:
        return ngettext("%(num)d minute", "%(num)d minutes", minutes)
    if minutes < 48 * 60:
        return ngettext("%(num)d hour", "%(num)d hours", round(minutes / 60))
    return ngettext("%(num)d day", "%(num)d days", round(days))


def now_line(view: RequestView) -> dict[str, Any] | None:
    """Where the request is, who has it since when, which day of the limit, what comes next; None once it has ended."""
    card = view.card
    step = rules.BY_STATE.get(card.state)
    if step is None:
        return None
    if view.scene.live_on and view.scene.live_on > view.today:
        return {"number": step.number, "total": 15, "name": _("Approved"), "holder": "", "day": None, "limit": None,
                "extra": _("V%(label)s in force from %(date)s", label=candidate_label(view), date=fmt_date(view.scene.live_on)),
                "next": _("closes by itself on that day")}
    stands = fifteen.deadline(card.step_since, step.limit_days, view.today, view.zone)
    following = rules.STEPS[step.number] if step.number < len(rules.STEPS) else None
    told = [_("since %(date)s", date=fmt_date(card.step_since)), progress_text(view.scene)]
    return {"number": step.number, "total": 15, "name": label(step.state),
            "holder": people_text([one.name for one in card.holders]) or (
                _("the service") if card.waiting_for == "worker" else ""),
            "day": stands.day, "limit": stands.limit,
            "extra": " · ".join(filter(None, told)),
            "next": f"{following.number} {label(following.state)}" if following else _("released, the request is done")}


def candidate_label(view: RequestView) -> str:
    """The label of the text that is signed or released now; empty where this reader does not see it."""
    return next((note.label for note in view.notes if note.id == view.card.candidate_id), "")


def progress_text(scene: rules.Scene) -> str:
    """How much of what this step waits for is there."""
    accepted = sum(state == "accepted" for _unit, _person, state in scene.assistants)
    said = {
        1: _("the asker was asked back") if scene.asked_back else "",
        2: _("research recorded, the owner confirms") if scene.researched else "",
        3: _("%(done)s of %(all)s assistants accepted", done=accepted, all=len(scene.units)),
        5: _("%(done)s of %(all)s verdicts", done=len(scene.verdicts & scene.reviewers()), all=len(scene.reviewers())),
        6: ngettext("%(num)d comment to answer", "%(num)d comments to answer", scene.open_comments)
        if scene.open_comments else _("all comments answered"),
        7: _("%(done)s of 2 signed", done=len(scene.signed)), 8: _("%(done)s of 2 released", done=len(scene.released)),
        9: ngettext("%(num)d person not planned yet", "%(num)d people not planned yet", scene.unplanned)
        if scene.unplanned else _("everybody is planned"),
        10: ngettext("%(num)d sit-in", "%(num)d sit-ins", scene.sit_ins),
        11: _("%(done)s of %(all)s samples", done=scene.samples, all=scene.sample_size) + (
            " · " + ngettext("%(num)d not applicable", "%(num)d not applicable", scene.set_aside) if scene.set_aside else ""),
        12: _("%(done)s of %(all)s items have a route", done=scene.feedback_items - scene.unrouted,
              all=scene.feedback_items),
        13: _("%(done)s of %(all)s items answered", done=scene.feedback_items - scene.unanswered, all=scene.feedback_items),
    }
    return {**said, 14: said[7], 15: said[8]}.get(scene.step, "")


def gate_text(card: ChangeCard) -> str:
    """What has to be true before the open step can be left."""
    step = rules.BY_STATE.get(card.state)
    return sentence(step.gate) if step else ""


def thread_of(remark: Remark) -> list[dict[str, str]]:
    """A remark and its answer as the messages of a thread."""
    said = [{"who": remark.who, "text": remark.text,
             "meta": " · ".join(filter(None, (fmt_when(remark.at), f"V{remark.label}" if remark.label else "", remark.place)))}]
    if remark.answer is not None:
        said.append({"who": remark.answered_by, "text": remark.answer, "meta": fmt_when(remark.answered_at)})
    return said


def standing_of(note: VersionNote) -> str:
    """Whether a version is in force, was, or never was (nothing is said then)."""
    return _("in force") if note.is_live else _("was in force") if note.was_live else ""


def base_choices(view: RequestView) -> list[tuple[int, str]]:
    """The versions the shown text can be compared with: (n, label)."""
    if view.comparison is None:
        return []
    return [(note.n, " · ".join(filter(None, (f"V{note.label}", standing_of(note)))))
            for note in view.notes if note.n < view.comparison.new.n]

"""One change request told through the real use cases, step by step, to where the story leaves it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.demo.content.changes import ChangeStory, Mail
from kmsvc.demo.training_arising import REAL
from kmsvc.process.changes import approval, fieldsteps, scenes, usecases, writing
from kmsvc.process.changes.models import Change, Comment
from kmsvc.process.fieldwork.models import FeedbackItem, PlanLine

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

Told = Callable[[datetime], None]
TRIGGERS = {
    "quality": "qa",
    "qa": "qa",
    "training": "training",
    "operations": "operations",
    "audit": "audit",
    "knowledge": "knowledge",
}


class Teller:
    """The state of one story while it is told."""

    def __init__(self, stage: Stage, story: ChangeStory) -> None:
        self.stage, self.story = stage, story
        self.change_id = 0
        self.minute = sum(map(ord, story.key)) % 40

    def as_(self, login: str, act: Callable[[Work], Any]) -> Told:
        """An act of a person, in its own transaction."""

        def told(now: datetime) -> None:
            with self.stage.db.begin(self.stage.actor(login), now) as work:
                act(work)

        return told

    def does(self, verb: Callable[..., Any], *which: str, **inputs: Any) -> Callable[[Work], Any]:
        """A verb on the story's change, with its inputs."""
        return lambda work: verb(work, self.change_id, *which, **inputs)

    def when(self, days_ago: float, hour: int) -> datetime:
        """An hour of a day of the story."""
        return self.stage.at(days_ago, hour, self.minute)

    def unit_of(self, login: str) -> str:
        """Code of the unit a person works in."""
        from kmsvc.demo.content.people import centre

        return centre(0).person(login).unit


def tell_story(stage: Stage, story: ChangeStory) -> Iterator[tuple[datetime, Told]]:
    """The acts of a story with their instants, in order."""
    teller = Teller(stage, story)
    done = story.step_days_ago
    stop = story.target if isinstance(story.target, int) else 16

    def submit(work: Work) -> None:
        new = story.new_process
        teller.change_id = usecases.submit_change(
            work,
            title=story.title,
            reason=f"{story.reason}（{story.source}）",
            urgency=story.urgency,
            trigger=TRIGGERS.get(story.trigger, "business"),
            process_id=stage.process_ids[story.process_code] if story.process_code else None,
            new_process={"name": new.name, "group": new.group, "class": new.klass} if new else None,
            wanted_on=stage.today + timedelta(days=story.wanted_in_days),
            today=local_date(work.now, stage.zone),
        ).id

    yield teller.when(story.started_days_ago, 9), teller.as_(story.asker_login, submit)
    if story.asked_back:
        asked = teller.does(usecases.ask_back, question=story.asked_back)
        yield teller.when(story.started_days_ago, 11), teller.as_("liqiang", asked)
    if story.resubmitted:
        fuller = teller.does(usecases.resubmit, reason=story.resubmitted)
        yield teller.when(story.started_days_ago, 15), teller.as_(story.asker_login, fuller)
    for step in range(1, min(stop, 15) + 1):
        partly = step == stop
        if not partly and step not in done:
            break
        day = done.get(step, max(0, min(done.values(), default=story.started_days_ago)))
        for hour, login, act in _ACTS[step](teller, partly):
            yield teller.when(day, hour), teller.as_(login, act)
    end = _END.get(str(story.target))
    if end and story.ended_days_ago is not None:
        who = {"reject": "liqiang", "withdraw": story.asker_login, "no_need": story.owner_login}[end]
        if end == "no_need":
            for hour, login, act in _research(teller, partly=True):
                yield teller.when(story.ended_days_ago, hour), teller.as_(login, act)
        yield (
            teller.when(story.ended_days_ago, 16),
            teller.as_(who, teller.does(usecases.close_with_reason, end, reason=story.end_note)),
        )


_END = {"rejected": "reject", "withdrawn": "withdraw", "closed_no_need": "no_need"}
Acts = Iterator[tuple[int, str, Callable[[Work], Any]]]


def _accept(t: Teller, partly: bool) -> Acts:
    if not partly:
        yield 10, "liqiang", t.does(usecases.accept, author=t.story.author_login, owner=t.story.owner_login)


def _research(t: Teller, partly: bool) -> Acts:
    note, story = t.story.research, t.story
    if note is None:
        return
    units = list(dict.fromkeys(t.unit_of(login) for login in story.assistants))
    yield (
        11,
        story.author_login,
        t.does(
            usecases.record_research,
            present_state=note.present,
            affected_unit=units[0] if units else None,
            parties=note.parties,
            gap=note.gap,
            risk=f"{note.risk}\n{note.posts}\n{note.customers}",
        ),
    )
    for unit in units[1:]:
        yield 11, story.author_login, t.does(usecases.add_affected_unit, unit=unit)
    if not partly:
        yield 14, story.owner_login, t.does(usecases.confirm_need)


def _assistants(t: Teller, partly: bool) -> Acts:
    by_unit = {t.unit_of(login): login for login in reversed(t.story.assistants)}
    for unit, login in by_unit.items():
        yield 10, "liqiang", t.does(usecases.name_assistant, unit=unit, person=login)
    answering = list(by_unit.values())
    for login in answering[:-1] if partly else answering:
        yield 13, login, t.does(usecases.accept_assistance)


def _draft(t: Teller, partly: bool) -> Acts:
    if partly:
        if t.story.draft:
            yield 15, t.story.author_login, t.does(writing.save_draft, body=t.story.draft)
        return
    yield 15, t.story.author_login, t.does(writing.submit_draft, body=t.story.draft, note=t.story.change_note or None)


def _review(t: Teller, partly: bool) -> Acts:
    by_person = {comment.login: comment for comment in t.story.comments}
    for comment in t.story.comments:
        if comment.login not in t.story.assistants and comment.login != t.story.owner_login:
            yield 10, comment.login, t.does(usecases.comment, text=f"{comment.section}：{comment.text}")
    with_place = list(dict.fromkeys({t.unit_of(login): login for login in reversed(t.story.assistants)}.values()))
    reviewers = list(dict.fromkeys([*with_place, t.story.owner_login]))
    for login in reviewers[:-1] if partly else reviewers:
        said = by_person.get(login)
        yield (
            11,
            login,
            t.does(
                writing.give_verdict,
                verdict="agree_with_remarks" if said else "agree",
                remark=f"{said.section}：{said.text}" if said else None,
            ),
        )


def _correct(t: Teller, partly: bool) -> Acts:
    answers = {f"{one.section}：{one.text}": one.answer for one in t.story.comments}

    def answer_all(work: Work) -> None:
        rows = list(
            work.session.scalars(
                select(Comment)
                .where(Comment.change_id == t.change_id, Comment.wants_answer, Comment.answered_at.is_(None))
                .order_by(Comment.id)
            )
        )
        for row in rows[:-1] if partly else rows:
            writing.answer_comment(work, t.change_id, comment=row.id, answer=answers.get(row.text) or "已按此修改。")

    if t.story.comments:
        yield 10, t.story.author_login, answer_all
    if not partly:
        yield (
            15,
            t.story.author_login,
            t.does(writing.submit_correction, body=t.story.corrected or None, note=t.story.change_note or None),
        )


def _sign(comments: Callable[[ChangeStory], dict[str, str]]) -> Callable[[Teller, bool], Acts]:
    def acts(t: Teller, partly: bool) -> Acts:
        signers = [t.story.owner_login] if partly else [t.story.owner_login, "liqiang"]
        for login in signers:

            def sign(work: Work, login: str = login) -> None:
                change = work.get(Change, t.change_id)
                approval.sign(
                    work,
                    t.change_id,
                    content_hash=scenes.shown_hash(work.session, change),
                    comment=comments(t.story).get(login),
                )

            yield 16, login, sign

    return acts


def _release(letter: Callable[[ChangeStory], Mail | None]) -> Callable[[Teller, bool], Acts]:
    def acts(t: Teller, partly: bool) -> Acts:
        zone, mail = t.stage.zone, letter(t.story)
        said = f"{mail.subject}\n{mail.text}" if mail else None
        yield 9, "liqiang", t.does(approval.release, "mail", zone=zone, comment=said)
        if not partly:
            yield 10, "hemiao", t.does(approval.release, "kb", zone=zone)

    return acts


def _plan(t: Teller, partly: bool) -> Acts:
    def plan_all(work: Work) -> None:
        affected = {t.unit_of(login) for login in t.story.assistants}
        plan = partial(fieldsteps.plan_training, work, t.change_id, by_hand=t.story.target != REAL)
        last, trainer = work.now.date(), "fangyuan"
        for line in t.story.plan:
            last, trainer = t.stage.today + timedelta(days=line.in_days), line.trainer_login
            units: list[str | None] = [unit for unit in line.units if unit in affected]
            for unit in units or [None]:
                plan(course=line.course, trainer=trainer, held_on=last, unit=unit)
        if scenes.scene_of(work.session, work.get(Change, t.change_id)).unplanned:
            plan(course=f"{t.story.title}（其他岗位）", trainer=trainer, held_on=last)

    if not partly:
        yield 11, "fangyuan", plan_all
        yield 15, "fangyuan", t.does(fieldsteps.finish_step, "finish_planning")


def _day(t: Teller, days_ago: float) -> date:
    return t.stage.today - timedelta(days=int(days_ago))


def _sit_in(t: Teller, partly: bool) -> Acts:
    by_unit = {t.unit_of(login): login for login in reversed(t.story.assistants)}
    allowed = {t.story.author_login, *by_unit.values()}

    def record(work: Work, note: Any | None) -> None:
        line = work.session.scalars(
            select(PlanLine.id).where(PlanLine.change_id == t.change_id).order_by(PlanLine.id).limit(1)
        ).one()
        text = "\n".join((*note.questions, note.note)).strip() or None if note else None
        right = note.taught_right if note else True
        fieldsteps.record_sit_in(
            work,
            t.change_id,
            plan_line=line,
            held_on=_day(t, note.days_ago) if note else work.now.date(),
            verdict="taught_right" if right else "gaps",
            questions=text or (None if right else "-"),
        )

    notes: list[Any] = list(t.story.sit_ins) or ([] if partly else [None])
    for note in notes:
        login = note.login if note and note.login in allowed else t.story.author_login
        yield 11, login, partial(record, note=note)
    if not partly:
        yield 17, t.story.author_login, t.does(fieldsteps.finish_step, "finish_sit_in")


def _check(t: Teller, partly: bool) -> Acts:
    def record_all(work: Work) -> None:
        samples = t.story.samples[:3] if partly else t.story.samples
        for one in samples:
            fieldsteps.record_sample(
                work,
                t.change_id,
                contact=one.contact_number(t.stage.today),
                contacted_on=_day(t, one.days_ago),
                result=one.result,
                note="：".join(filter(None, (t.stage.cast[one.agent_login].name, one.note))),
            )
        telling = sum(one.result != "not_applicable" for one in samples)
        for extra in range(telling, 0 if partly else 5):
            fieldsteps.record_sample(
                work,
                t.change_id,
                contact=f"C-{work.now:%Y%m%d}-{300 + extra:04d}",
                contacted_on=work.now.date(),
                result="followed",
            )

    yield 14, "wutong", record_all
    if not partly:
        yield 16, "wutong", t.does(fieldsteps.finish_step, "finish_sampling")


def _feedback(t: Teller, partly: bool) -> Acts:
    def record_all(work: Work) -> None:
        for place, one in enumerate(t.story.feedback):
            routed = not (partly and place == len(t.story.feedback) - 1)
            fieldsteps.record_feedback(
                work,
                t.change_id,
                text=one.text,
                source=one.source,
                route=one.route if routed else None,
            )
        if not t.story.feedback and not partly:
            fieldsteps.record_feedback(
                work, t.change_id, text="抽检与测试均按新流程执行，没有需要修改的地方。", route="process"
            )

    yield 10, "wutong", record_all
    if not partly:
        yield 15, "wutong", t.does(fieldsteps.finish_step, "finish_feedback")


def _update(t: Teller, partly: bool) -> Acts:
    answers = {one.text: one.answer for one in t.story.feedback}

    def answer_all(work: Work) -> None:
        rows = list(
            work.session.scalars(
                select(FeedbackItem)
                .where(FeedbackItem.change_id == t.change_id, FeedbackItem.answered_at.is_(None))
                .order_by(FeedbackItem.id)
            )
        )
        for row in rows[:-1] if partly else rows:
            writing.answer_feedback(work, t.change_id, item=row.id, answer=answers.get(row.text) or "已核对，按现文执行。")

    yield 10, t.story.author_login, answer_all
    if not partly and t.story.updated:
        yield (
            15,
            t.story.author_login,
            t.does(writing.submit_update, body=t.story.updated, note=t.story.second_note or None),
        )
    elif not partly:
        yield (
            15,
            t.story.author_login,
            t.does(writing.confirm_unchanged, reason=t.story.second_note or "反馈均不涉及文本，确认原文。"),
        )


_ACTS: dict[int, Callable[[Teller, bool], Acts]] = {
    1: _accept,
    2: _research,
    3: _assistants,
    4: _draft,
    5: _review,
    6: _correct,
    7: _sign(lambda s: s.sign_comments),
    8: _release(lambda s: s.mail),
    9: _plan,
    10: _sit_in,
    11: _check,
    12: _feedback,
    13: _update,
    14: _sign(lambda s: s.second_sign_comments),
    15: _release(lambda s: s.second_mail),
}

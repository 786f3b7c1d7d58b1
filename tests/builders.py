"""Rows for tests, made through the real use cases: processes, change requests played up to a step, articles.

Defaults are sensible, keywords override. `play` lets the right people take a change on; `do` runs one verb as somebody."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.usecases import Content, write_article
from kmsvc.people.units.queries import audience_by_code, unit_by_code
from kmsvc.process.changes import rules, scenes
from kmsvc.process.changes.models import Change, Comment
from kmsvc.process.changes.usecases import submit_change
from kmsvc.process.changes.verbs import VERBS
from kmsvc.process.definitions.models import Process
from kmsvc.process.definitions.usecases import keep_process, new_process, plan_publication, write_version
from kmsvc.process.fieldwork.models import FeedbackItem, PlanLine
from tests.support.centre import Centre
from tests.support.clock import ZONE

BODY = "# 退款\n\n客户要求退款时，先核对订单号，再看签收日期。\n\n七天内全额退款，超过七天转主管审批。"


def make_process(world: Centre, *, name: str = "退款流程", group: str = "external", klass: str = "business",
                 owner: str | None = "business_owner", unit: str | None = None, body: str = BODY, published: bool = True,
                 drain: bool = False) -> Process:
    """A process; published: its version 1.0 is in force today. unit: the code of its audience."""
    with world.begin("process_manager") as work:
        place = unit_by_code(work.session, unit) if unit else None
        process = new_process(work, name=name, group=group, klass=klass, audience_unit_id=place.id if place else None,
                              owner_id=world.people[owner] if owner else None)
        keep_process(work, process.id, audience_unit_id=process.audience_unit_id, reason="built for a test")
        if published:
            version = write_version(work, process, name=name, purpose="给客服看的退款规则", body=body, final=True,
                                    change_id=None, note="first")
            plan_publication(work, process, version, effective_on=world.clock.today, zone=ZONE, today=world.clock.today,
                             change_id=None, release_round=None, reason="first")
    if drain:
        world.drain()
    return process


def make_article(world: Centre, *, title: str = "怎样改签", body: str = "拨打热线即可改签。", unit: str | None = None,
                 editor: str = "knowledge_editor", publish: bool = True, drain: bool = False, category: str | None = None,
                 **content: Any) -> Article:
    """An article; content: summary, tags, aliases, confidentiality, valid_from, valid_to, language."""
    with world.begin(editor) as work:
        place = audience_by_code(work.session, unit) if unit else None
        article = write_article(work, Content(title=title, body=body, **content), publish=publish, category=category,
                                audience_unit_id=place.id if place else None)
    if drain:
        world.drain()
    return article


def submit(world: Centre, *, asker: str = "team_leader", process: Process | None = None, new: bool = False,
           **more: Any) -> int:
    """Submit a change request, of a fresh published process unless one is given; returns its id."""
    if process is None and not new:
        process = make_process(world)
    place = ({"process_id": process.id} if process is not None else
             {"new_process": {"name": "夜间回访流程", "group": "external", "class": "business"}})
    with world.begin(asker) as work:
        change = submit_change(work, **{"title": "退款时限改为十天", "reason": "客户抱怨七天太短。", "today": world.clock.today,
                                        **place, **more})
    return change.id


def do(world: Centre, who: str, verb: str, change_id: int, *, via: str = "cookie", fresh: bool = True,
       **inputs: Any) -> Any:
    """One verb as somebody; a content hash that is not given is the one shown at this moment."""
    with world.begin(who, via=via, fresh=fresh) as work:
        if verb == "sign" and "content_hash" not in inputs:
            inputs["content_hash"] = scenes.shown_hash(work.session, work.get(Change, change_id))
        if VERBS[verb].zoned:
            inputs["zone"] = ZONE
        return VERBS[verb].run(work, change_id, **inputs)


def scene(world: Centre, change_id: int) -> rules.Scene:
    """The change as the rules see it now."""
    with world.look() as work:
        return scenes.scene_of(work.session, work.get(Change, change_id))


def change(world: Centre, change_id: int) -> Change:
    """The row now."""
    with world.look() as work:
        return work.get(Change, change_id)


def step_of(world: Centre, change_id: int) -> int:
    """Number of the open step; 15 once released, 0 for other ends."""
    return scene(world, change_id).step


def play(world: Centre, change_id: int, *, to: int = 15, body: str | None = None, second_body: str | None = None,
         effective_on: Any = None, second_effective_on: Any = None, closing: bool = False) -> None:
    """Take an open change on to step `to` with the usual cast. closing: do step 15 too, so that it can close."""
    for _ in range(60):
        now = scene(world, change_id)
        if not rules.is_open(now.state) or (now.step >= to and not (closing and now.step == 15 and to == 15)):
            return
        done = _take_on(world, change_id, now, body=body, second_body=second_body, effective_on=effective_on,
                        second_effective_on=second_effective_on)
        if not done:
            return
    raise AssertionError("no end")


def make_change(world: Centre, *, step: int = 1, closed: bool = False, process: Process | None = None, new: bool = False,
                asker: str = "team_leader", drain: bool = False, **texts: Any) -> int:
    """A change request that stands at `step` (or, closed, has been through all fifteen); returns its id.

    texts: body, second_body, effective_on, second_effective_on for `play`; title, reason … for the request.
    """
    asked = {name: texts.pop(name) for name in ("title", "reason", "wanted_on", "urgency", "trigger") if name in texts}
    change_id = submit(world, asker=asker, process=process, new=new, **asked)
    play(world, change_id, to=15 if closed else step, closing=closed, **texts)
    if drain or closed:
        world.drain(index=drain)
    return change_id


def _take_on(world: Centre, change_id: int, now: rules.Scene, *, body: str | None, second_body: str | None,
             effective_on: Any, second_effective_on: Any) -> bool:
    """What the usual people of the step do to leave it; False when nothing is left to do by people."""
    today, done = world.clock.today, []

    def step(who: str, verb: str, **inputs: Any) -> None:
        do(world, who, verb, change_id, **inputs)
        done.append(verb)

    match now.step:
        case 1:
            step("process_manager", "accept", author="process_author", owner="business_owner")
        case 2:
            if not now.researched:
                step("process_author", "record_research", present_state="今天七天内全额退款。", affected_unit="TEAM-A")
            step("business_owner", "confirm_need")
        case 3:
            if now.unassisted():
                step("process_manager", "name_assistant", unit="TEAM-A", person="team_leader")
            step("team_leader", "accept_assistance")
        case 4:
            step("process_author", "submit_draft", name="退款流程", purpose="退款规则",
                 body=body or BODY.replace("七天", "十天"))
        case 5:
            for who in ("team_leader", "business_owner"):
                if world.people[who] not in now.verdicts:
                    step(who, "give_verdict", verdict="agree")
        case 6:
            for _ in range(now.open_comments):
                step("process_author", "answer_comment", comment=open_comment(world, change_id), answer="已改。")
            step("process_author", "submit_correction", note="corrected")
        case 7 | 14:
            for who, place in (("process_manager", "manager"), ("business_owner", "owner")):
                if place not in now.signed:
                    step(who, "sign")
        case 8 | 15:
            day = effective_on if now.step == 8 else second_effective_on
            if "mail" not in now.released:
                step("process_manager", "release_mail", **({"effective_on": day} if day else {}))
            if "kb" not in now.released:
                step("knowledge_editor", "release_kb")
        case 9:
            if now.unplanned or not now.plan_lines:
                step("trainer", "plan_training", course="退款新规", held_on=today, trainer="trainer", by_hand=True)
            step("trainer", "finish_planning")
        case 10:
            if not now.sit_ins:
                step("process_author", "record_sit_in", plan_line=_first_line(world, change_id), held_on=today,
                     verdict="taught_right")
            step("process_author", "finish_sit_in")
        case 11:
            for number in range(now.samples, now.sample_size):
                step("qa_inspector", "record_sample", contact=f"call {number + 1}", contacted_on=today, result="followed")
            step("qa_inspector", "finish_sampling")
        case 12:
            if not now.feedback_items:
                step("qa_inspector", "record_feedback", text="句子太长", source="qa", route="process")
            for _ in range(now.unrouted):
                step("qa_inspector", "route_feedback", item=open_item(world, change_id, "route"), route="process")
            step("qa_inspector", "finish_feedback")
        case 13:
            for _ in range(now.unanswered):
                step("process_author", "answer_feedback", item=open_item(world, change_id, "answered_at"), answer="已拆句。")
            step("process_author", "submit_update", body=second_body or BODY.replace("七天", "十个自然日"))
    return bool(done)


def open_comment(world: Centre, change_id: int) -> int:
    """The oldest remark that waits for the author's answer."""
    with world.look() as work:
        return work.session.scalars(select(Comment.id).where(
            Comment.change_id == change_id, Comment.wants_answer, Comment.answered_at.is_(None))
            .order_by(Comment.id)).first() or 0


def _first_line(world: Centre, change_id: int) -> int:
    with world.look() as work:
        visit = work.get(Change, change_id).visit(9)
        return work.session.scalars(select(PlanLine.id).where(
            PlanLine.change_id == change_id, PlanLine.visit == visit).order_by(PlanLine.id)).first() or 0


def open_item(world: Centre, change_id: int, empty: str) -> int:
    """The oldest feedback item whose `empty` column (route, answered_at) is empty."""
    with world.look() as work:
        return work.session.scalars(select(FeedbackItem.id).where(
            FeedbackItem.change_id == change_id, getattr(FeedbackItem, empty).is_(None))).first() or 0


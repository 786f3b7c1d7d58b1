"""Each verb once, on both databases: the stranger is refused, the right person does it, the change moves as told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.core.errors import NotPermitted, RuleBroken
from kmsvc.core.events import Fact
from kmsvc.process.changes import queries
from kmsvc.process.changes.models import Comment, HistoryEntry
from kmsvc.process.changes.verbs import VERBS
from kmsvc.process.definitions.models import Process
from kmsvc.process.fieldwork.models import FeedbackItem, PlanLine
from tests.builders import change, do, make_change, play, submit
from tests.support.centre import Centre

Told = Mapping[str, Any] | Callable[[Centre, int], Mapping[str, Any]]


@dataclass(frozen=True)
class Case:
    """Who does it at which step, after what, told what, and the state it leaves behind."""

    verb: str
    step: int
    who: str
    state: str
    told: Told = ()  # type: ignore[assignment]
    before: tuple[tuple[str, str, Told], ...] = ()
    fact: str | None = None
    new: bool = False


REASON = {"reason": "so it is"}
RESEARCH = ("process_author", "record_research", {"present_state": "now", "affected_unit": "TEAM-A"})
NAMED = ("process_manager", "name_assistant", {"unit": "TEAM-A", "person": "team_leader"})
REMARKS = (("team_leader", "give_verdict", {"verdict": "needs_change", "remark": "too long"}),
           ("business_owner", "give_verdict", {"verdict": "agree"}))


def today(world: Centre, change_id: int) -> dict[str, Any]:
    return {"course": "new rule", "held_on": world.clock.today, "trainer": "trainer"}


def sit_in(world: Centre, change_id: int) -> dict[str, Any]:
    return {"plan_line": first(world, PlanLine, change_id), "held_on": world.clock.today, "verdict": "taught_right"}


def sample(world: Centre, change_id: int) -> dict[str, Any]:
    return {"contact": "call 4711", "contacted_on": world.clock.today, "result": "followed"}


def first(world: Centre, kind: Any, change_id: int) -> int:
    with world.look() as work:
        found = work.session.scalars(select(kind.id).where(kind.change_id == change_id).order_by(kind.id)).first()
    assert found is not None
    return int(found)


SAT_IN = ("process_author", "record_sit_in", sit_in)
SAMPLED = tuple(("qa_inspector", "record_sample", sample) for _ in range(5))
ITEM = {"text": "too long", "source": "qa"}
SAID = ("qa_inspector", "record_feedback", {**ITEM, "route": "process"})
ANSWERED = ("process_author", "answer_feedback",
            lambda world, change_id: {"item": first(world, FeedbackItem, change_id), "answer": "shortened"})

CASES = (
    Case("accept", 1, "process_manager", "research", {"author": "process_author"}, fact="process.change.step_entered"),
    Case("ask_back", 1, "process_manager", "received", {"question": "which channel?"}, fact="process.change.awaited"),
    Case("resubmit", 1, "team_leader", "received", REASON, (("process_manager", "ask_back", {"question": "why?"}),)),
    Case("reject", 1, "process_manager", "rejected", REASON, fact="process.change.closed"),
    Case("withdraw", 1, "team_leader", "withdrawn", REASON, fact="process.change.closed"),
    Case("comment", 2, "agent", "research", {"text": "think of night calls"}),
    Case("record_research", 2, "process_author", "research", RESEARCH[2], fact="process.change.awaited"),
    Case("add_affected_unit", 2, "process_author", "research", {"unit": "TEAM-B"}, (RESEARCH,)),
    Case("confirm_need", 2, "business_owner", "assisting", {}, (RESEARCH,), fact="process.change.step_entered"),
    Case("no_need", 2, "business_owner", "closed_no_need", REASON, (RESEARCH,), fact="process.change.closed"),
    Case("change_scope", 2, "process_author", "received", REASON, fact="process.change.step_entered"),
    Case("assign_author", 2, "process_manager", "research", {"author": "everything"}),
    Case("name_assistant", 3, "process_manager", "assisting", NAMED[2], fact="process.change.awaited"),
    Case("accept_assistance", 3, "team_leader", "drafting", {}, (NAMED,), fact="process.change.step_entered"),
    Case("decline_assistance", 3, "team_leader", "assisting", REASON, (NAMED,), fact="process.change.awaited"),
    Case("save_draft", 4, "process_author", "drafting", {"body": "half a sentence"}),
    Case("submit_draft", 4, "process_author", "initial_review", {"name": "Refund", "body": "whole"}),
    Case("give_verdict", 5, "team_leader", "initial_review", {"verdict": "agree"}),
    Case("answer_comment", 6, "process_author", "correcting",
         lambda world, change_id: {"comment": first(world, Comment, change_id), "answer": "done"},
         fact="process.change.comment_answered"),
    Case("submit_correction", 6, "process_author", "final1", {"note": "shorter"}),
    Case("review_again", 6, "process_author", "initial_review", {"note": "all new", "body": "all new"}),
    Case("sign", 7, "process_manager", "final1"),
    Case("return_final", 7, "business_owner", "correcting", REASON),
    Case("release_mail", 8, "process_manager", "releasing1"),
    Case("release_kb", 8, "knowledge_editor", "releasing1"),
    Case("plan_training", 9, "trainer", "training", today),
    Case("finish_planning", 9, "trainer", "sitin", {}, (("trainer", "plan_training", today),)),
    Case("record_sit_in", 10, "process_author", "sitin", sit_in),
    Case("finish_sit_in", 10, "process_author", "live_check", {}, (SAT_IN,)),
    Case("teach_again", 10, "team_leader", "training", REASON, (SAT_IN,)),
    Case("text_unclear", 10, "process_author", "updating", REASON, (SAT_IN, *SAMPLED, SAID)),
    Case("record_sample", 11, "qa_inspector", "live_check", sample),
    Case("finish_sampling", 11, "qa_inspector", "qa_feedback", {}, SAMPLED),
    Case("record_feedback", 12, "qa_inspector", "qa_feedback", ITEM),
    Case("route_feedback", 12, "qa_inspector", "qa_feedback",
         lambda world, change_id: {"item": first(world, FeedbackItem, change_id), "route": "training"},
         (("qa_inspector", "record_feedback", ITEM),)),
    Case("finish_feedback", 12, "qa_inspector", "updating", {}, (SAID,)),
    Case("answer_feedback", 13, "process_author", "updating", ANSWERED[2]),
    Case("submit_update", 13, "process_author", "final2", {"body": "better"}, (ANSWERED,)),
    Case("confirm_unchanged", 13, "process_author", "final2", REASON, (ANSWERED,)),
    Case("redesign", 13, "process_author", "drafting", REASON),
)


def prepared(world: Centre, case: Case, process: Process | None = None) -> int:
    """The change as the case wants it, about a process of its own unless one is given."""
    if case.verb == "answer_comment":
        change_id = make_change(world, step=5, process=process)
        for who, verb, told in REMARKS:
            do(world, who, verb, change_id, **told)
        return change_id
    change_id = make_change(world, step=case.step, process=process)
    for who, verb, told in case.before:
        do(world, who, verb, change_id, **(told(world, change_id) if callable(told) else dict(told)))
    return change_id


def test_every_verb_has_its_case() -> None:
    assert {case.verb for case in CASES} == set(VERBS)


@pytest.mark.parametrize("case", CASES, ids=[case.verb for case in CASES])
def test_a_verb_is_refused_to_a_stranger_and_done_by_the_right_person(world: Centre, case: Case) -> None:
    change_id = prepared(world, case)
    told = case.told(world, change_id) if callable(case.told) else dict(case.told)

    with pytest.raises((NotPermitted, RuleBroken)):
        do(world, "system" if case.verb == "comment" else "agent_b", case.verb, change_id, **told)
    before = change(world, change_id)

    do(world, case.who, case.verb, change_id, **told)

    after = change(world, change_id)
    assert after.state == case.state
    with world.look() as work:
        entry = work.session.scalars(select(HistoryEntry).where(HistoryEntry.change_id == change_id)
                                     .order_by(HistoryEntry.id.desc())).first()
        facts = set(work.session.scalars(select(Fact.kind)))
    assert entry is not None
    if case.verb == "save_draft":
        assert after.draft is not None
        assert after.draft["body"] == "half a sentence"
    else:
        assert (entry.verb, entry.person_id, entry.to_state) == (case.verb, world.people[case.who], case.state)
        assert entry.from_state == before.state
    if case.fact:
        assert case.fact in facts


def test_a_request_names_a_process_or_describes_a_new_one(world: Centre) -> None:
    from kmsvc.core.errors import InvalidInput
    from kmsvc.process.changes.usecases import submit_change

    with pytest.raises(InvalidInput), world.begin("agent") as work:
        submit_change(work, title="t", reason="r", today=world.clock.today)
    with pytest.raises(NotPermitted), world.begin("system") as work:
        submit_change(work, title="t", reason="r", today=world.clock.today,
                      new_process={"name": "n", "group": "data", "class": "business"})


def test_who_saw_a_request_for_a_new_process_sees_it_all_the_way(world: Centre) -> None:
    """Its process is a draft from step 2 to step 8; the request does not vanish meanwhile for those who had no part in it."""
    change_id = submit(world, new=True)
    for step in (1, 2, 4, 7, 9):
        play(world, change_id, to=step)
        with world.look("agent_b") as work:
            assert queries.visible_change(work.session, work.actor, change_id).id == change_id, step


def test_a_new_process_is_made_when_the_request_is_accepted(world: Centre) -> None:
    change_id = make_change(world, step=2, new=True)
    assert change(world, change_id).process_id is not None
    assert change(world, change_id).number == "CR-2026-0001"


def test_numbers_run_on_without_a_gap(world: Centre) -> None:
    ids = [make_change(world) for _ in range(3)]
    assert [change(world, one).number for one in ids] == ["CR-2026-0001", "CR-2026-0002", "CR-2026-0003"]

"""The register of facts: what counts is what had happened and was on record by the end of a day, whatever was changed since."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kmsvc.core.errors import NotPermitted
from kmsvc.people.accounts.usecases import change_person
from kmsvc.process.definitions.usecases import confirm_review
from kmsvc.standards.duties import life
from kmsvc.standards.evidence import queries
from kmsvc.standards.evidence.queries import EvidenceFilters, gathered, narrowed, ruled, year_span
from kmsvc.standards.evidence.register import KINDS, SUBJECTS
from kmsvc.standards.evidence.rules import CoverState, EvidenceRecord, EvidenceRule, cover
from tests.builders import make_change, make_process, play
from tests.standards.duties.houses import begin_use, duties, run
from tests.support.centre import Centre
from tests.support.clock import ZONE

FIRST = date(2026, 3, 2)


def facts(world: Centre, as_of: date, *, clause: str | None = None, kind: str | None = None, year: int = 2026) -> list[EvidenceRecord]:
    with world.look("compliance") as work:
        return narrowed(gathered(work.session, work.actor, year_span(year, as_of, ZONE)), EvidenceFilters(clause=clause, kind=kind))


def test_a_review_counts_from_the_day_it_was_recorded_and_says_who_found_what(world: Centre) -> None:
    process = make_process(world, drain=True)
    world.clock.move(days=10)
    with world.begin("business_owner") as work:
        confirm_review(work, process.id, reason="still right", today=world.clock.today)
    assert facts(world, date(2026, 3, 11), kind="process_review") == []
    [found] = facts(world, date(2026, 3, 12), kind="process_review")
    assert (found.number, found.clauses, found.happened_on) == (f"{process.number} V1.0", ("42",), date(2026, 3, 12))
    assert (found.result, found.process_id, found.more["reason"]) == ("confirmed", process.id, "still right")
    assert facts(world, date(2026, 3, 12), year=2025) == []


def test_the_past_keeps_its_words_when_a_name_or_a_title_changes_later(world: Centre) -> None:
    process = make_process(world, drain=True)
    change_id = make_change(world, step=3, process=process)
    before = facts(world, FIRST)
    assert {one.kind for one in before} >= {"process_version", "process_change"}
    world.clock.move(days=40)
    for login in ("process_manager", "team_leader", "business_owner"):
        with world.begin("admin") as work:
            change_person(work, world.people[login], name=f"另一个{login}", roles=None)
    assert facts(world, FIRST) == before
    later = facts(world, world.clock.today)
    assert {one.who for one in later if one.id == change_id and one.kind == "process_change"} == {"另一个team_leader"}


def test_a_change_request_stands_at_the_step_it_had_on_that_day(world: Centre) -> None:
    process = make_process(world, drain=True)
    change_id = make_change(world, step=2, process=process)
    [then] = facts(world, FIRST, kind="process_change")
    world.clock.move(days=5)
    play(world, change_id, to=5)
    assert facts(world, FIRST, kind="process_change") == [then]
    [now] = facts(world, world.clock.today, kind="process_change")
    assert now.more["steps"] > then.more["steps"] and now.result != then.result and now.clauses == ("65",)


def test_a_duty_is_proof_while_it_is_done_and_on_every_day_it_was(world: Centre) -> None:
    begin_use(world, FIRST)
    run(world, FIRST)
    process = make_process(world, drain=True)
    duty = next(one for one in duties(world, "8") if one.period == "2026")
    with world.begin("compliance") as work:
        life.do(work, duty.id, on=FIRST, today=FIRST, record=process.number)
    world.clock.move(days=20)
    with world.begin("compliance") as work:
        life.reopen(work, duty.id, reason="the report is missing")
    [there] = facts(world, date(2026, 3, 10), clause="8")
    assert (there.kind, there.number, there.more["records"]) == ("duty", duty.number, process.number)
    assert facts(world, date(2026, 3, 1), clause="8") == []
    assert facts(world, world.clock.today, clause="8") == []


def test_who_may_not_see_the_proof_of_the_centre_sees_none(world: Centre) -> None:
    for login in ("agent", "team_leader", "trainer"):
        with world.look(login) as work, pytest.raises(NotPermitted):
            gathered(work.session, work.actor, year_span(2026, FIRST, ZONE))


def test_clause_42_asks_every_process_in_force_and_names_those_without_proof(world: Centre) -> None:
    here, there = make_process(world, drain=True), make_process(world, name="补偿流程", drain=True)
    with world.look("auditor") as work:
        records = gathered(work.session, work.actor, year_span(2026, FIRST, ZONE))
        subjects = {"process": SUBJECTS["process"](work.session, year_span(2026, FIRST, ZONE))}
    rules = ruled("cc-cmm-oc-2017")["42"]
    assert cover("42", rules, records, subjects).state is CoverState.MET
    only = [one for one in records if one.process_id == here.id]
    found = cover("42", rules, only, subjects)
    assert found.state is CoverState.MISSING
    assert [one.number for one in found.lines[0].lacking] == [there.number]
    with world.look("auditor") as work:  # the next year nobody has looked at them: amber by itself
        span = year_span(2027, date(2027, 6, 1), ZONE)
        assert cover("42", rules, gathered(work.session, work.actor, span), {
            "process": SUBJECTS["process"](work.session, span)}).state is CoverState.MISSING


def test_a_minimum_of_the_centre_is_met_by_so_many_records_and_not_by_others() -> None:
    rule = EvidenceRule("61", ("knowledge_review",), 1)
    assert cover("61", (rule,), [], {}).state is CoverState.MISSING
    assert cover("61", (EvidenceRule("61", ("exam",), 0),), [], {}).state is CoverState.NOTHING


def test_every_rule_of_the_file_names_kinds_that_are_registered() -> None:
    rules = [one for held in ruled("cc-cmm-oc-2017").values() for one in held]
    assert {kind for one in rules for kind in one.kinds} <= set(KINDS)
    assert {one.for_each for one in rules} <= {None, *SUBJECTS}
    assert {one.stem for one in Path(queries.DATA).glob("*.yaml")} == {"cc-cmm-oc-2017"} and ruled("../secret") == {}

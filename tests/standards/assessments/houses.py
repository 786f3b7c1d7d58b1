"""Rounds of self-assessment for tests: the supervisor answers, compliance runs them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kmsvc.standards.assessments import answering, rounds
from kmsvc.standards.assessments.answering import Said
from kmsvc.standards.assessments.rounds import RoundPlan
from kmsvc.standards.assessments.standing import answers_of
from tests.support.centre import Centre

CODE = "cc-cmm-oc-2017"
FULL = Said(10, 10, "全部做到")


def drafted(world: Centre, *sections: str, **more: Any) -> int:
    """A round of some sections (1.1: clauses 1 to 5), given to the supervisor."""
    with world.begin("compliance") as work:
        row = rounds.begin_round(work, RoundPlan(**{
            "title": "半年自评", "lead": world.people["compliance"], "due_on": world.clock.today + timedelta(days=20), "code": CODE,
            "sections": sections or ("1.1",), **more}), today=world.clock.today)
        rounds.assign(work, row.id, person=world.people["supervisor"])
    return row.id


def answers(world: Centre, one: int) -> dict[str, int]:
    """Clause -> id of its answer."""
    with world.look() as work:
        return {row.name: row.id for row in answers_of(work.session, one)}


def opened(world: Centre, *sections: str, **more: Any) -> int:
    """A round that is being answered."""
    one = drafted(world, *sections, **more)
    with world.begin("compliance") as work:
        rounds.open_round(work, one)
    world.drain(index=False)
    return one


def answered(world: Centre, one: int, *, submitted: bool = True, **said: Said) -> None:
    """Answer everything as the supervisor; said: by `n1` for clause 1, `n109_2` for 109.2."""
    for name, answer in answers(world, one).items():
        with world.begin("supervisor") as work:
            answering.save(work, answer, said.get(f"n{name}".replace(".", "_"), FULL))
    if submitted:
        with world.begin("supervisor") as work:
            answering.submit(work, one)


def closed(world: Centre, one: int, conclusion: str = "基础已具备") -> int:
    """Accept everything and close it; the id of the round."""
    with world.begin("compliance") as work:
        answering.accept_all(work, one)
        rounds.to_review(work, one)
        rounds.close(work, one, conclusion=conclusion, today=world.clock.today)
    world.drain(index=False)
    return one

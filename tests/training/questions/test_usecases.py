"""Questions are written, changed, taken out of the pool and put back: a version never changes, a changed paragraph pulls exactly those
that rest on it, and nobody but who may sees one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from kmsvc.core.errors import InvalidInput, NotPermitted, RuleBroken, Stale
from kmsvc.knowledge.citations.keeping import Ref
from kmsvc.knowledge.citations.models import Citation
from kmsvc.knowledge.citations.usecases import look_at
from kmsvc.training.questions import banks, queries, usecases
from kmsvc.training.questions.kinds import Choice, Numeric, Question, TrueFalse, options_of
from kmsvc.training.questions.models import QuestionFlag, QuestionRow, QuestionVersion
from kmsvc.training.questions.storing import to_json
from kmsvc.training.questions.usecases import Around
from tests.builders import make_article
from tests.knowledge.test_citations import BODY, blocks, rewrite, told
from tests.support.centre import Centre

_OPTIONS = options_of(["七天", "十天"])
SINGLE = Question("普通商品几天内可退？", Choice(_OPTIONS, (_OPTIONS[0].id,)), "见退款规定。")


def bank(world: Centre, name: str = "退款题库", who: str = "trainer") -> int:
    with world.begin(who) as work:
        return banks.make_bank(work, name).id


def write(world: Centre, bank_id: int, question: Question = SINGLE, *, active: bool = True, **around: Any) -> int:
    with world.begin("trainer") as work:
        return usecases.write_question(work, bank_id, question, Around(**around), active=active).id


def row(world: Centre, question_id: int) -> QuestionRow:
    with world.look() as work:
        return work.get(QuestionRow, question_id)


def pool(world: Centre) -> list[int]:
    with world.look() as work:
        return [one[0] for one in queries.pool_of(work.session)]


def test_a_change_is_the_next_version_only_when_it_says_something_else(world: Centre) -> None:
    one = write(world, bank(world))
    first = row(world, one).current_version_id
    with world.begin("trainer") as work:
        usecases.change_question(work, one, replace(SINGLE, points=Decimal("1.00")), Around(band="hard"), reason="nothing new")
    assert row(world, one).current_version_id == first and row(world, one).band == "hard"
    with world.begin("trainer") as work:
        usecases.change_question(work, one, replace(SINGLE, stem="几天内可退？"), reason="shorter")
    after = row(world, one)
    with world.look() as work:
        versions = list(work.session.scalars(select(QuestionVersion).where(QuestionVersion.question_id == one)
                                             .order_by(QuestionVersion.no)))
        assert [(one.no, one.reason) for one in versions] == [(1, ""), (2, "shorter")] and after.current_version_id == versions[1].id
        assert after.head == "几天内可退？"
        assert queries.question_of(work.session, versions[0].id) == SINGLE, "what was asked then stays what it was (R-E5)"
        assert queries.version_ids(work.session, [one]) == {one: versions[1].id}


def test_the_database_itself_refuses_to_change_a_version_R_E5(world: Centre) -> None:
    one = write(world, bank(world))
    with pytest.raises((DatabaseError, IntegrityError)), world.db.engine.begin() as connection:
        connection.execute(update(QuestionVersion.__table__).where(QuestionVersion.__table__.c.question_id == one).values(
            content=to_json(replace(SINGLE, stem="?"))))


def test_what_is_wrong_is_named_where_it_stands(world: Centre) -> None:
    where = bank(world)
    with pytest.raises(InvalidInput) as refused:
        write(world, where, Question("", Choice(options_of(["a", "a"]), ())))
    assert set(refused.value.fields) == {"stem", "options/2", "keys"}
    with pytest.raises(InvalidInput) as refused:
        write(world, where, Question("?", Choice((), ())))
    assert "options" in refused.value.fields


def test_only_who_may_writes_or_knows_of_them_R_E1(world: Centre) -> None:
    one = write(world, bank(world))
    for who in ("agent", "team_leader", "supervisor", "marker", "auditor", "manager", "qa_inspector"):
        with pytest.raises(NotPermitted), world.begin(who) as work:
            usecases.withdraw(work, one)
    with world.look("agent") as work:
        from kmsvc.core.cards import KINDS, NUMBERED
        assert not KINDS["question"].cards(work.session, work.actor, [one]) and not NUMBERED["QST"](work.session, work.actor, "QST", 5)


def test_states_go_where_they_may_and_somebody_faster_is_told(world: Centre) -> None:
    one = write(world, bank(world), active=False)
    assert pool(world) == []
    with world.begin("trainer") as work:
        usecases.activate(work, one)
    assert pool(world) == [one]
    with pytest.raises(RuleBroken), world.begin("trainer") as work:
        usecases.activate(work, one)
    with pytest.raises(Stale), world.begin("trainer") as work:
        usecases.withdraw(work, one, version=1)
    with world.begin("trainer") as work:
        usecases.flag(work, one, note="the key is doubtful")
    assert pool(world) == [] and row(world, one).flagged_why == "person"
    with world.begin("trainer") as work:
        usecases.unflag(work, one, note="it is right")
    assert pool(world) == [one]
    with world.begin("trainer") as work:
        usecases.withdraw(work, one, reason="old")
    with pytest.raises(RuleBroken), world.begin("trainer") as work:
        usecases.change_question(work, one, replace(SINGLE, stem="x"))
    with world.look() as work:
        flags = list(work.session.scalars(select(QuestionFlag).order_by(QuestionFlag.id)))
        assert [(one.why, one.note, one.ended_note) for one in flags] == [("person", "the key is doubtful", "it is right")]


def test_a_changed_paragraph_pulls_exactly_the_questions_linked_to_it(world: Centre) -> None:
    article = make_article(world, title="退款", body=BODY, drain=True)
    ids = blocks(world, article)
    where = bank(world)
    fee = write(world, where, refs=[Ref("article", article.id, ids["手续费"])])
    other = write(world, where, replace(SINGLE, stem="另一题"), refs=[
        Ref("article", article.id, next(block for words, block in ids.items() if words != "手续费"))])
    free = write(world, where, replace(SINGLE, stem="不引用"))
    rewrite(world, article, BODY.replace("20元", "30元"))
    assert pool(world) == [other, free] and row(world, fee).flagged_why == "citation"
    assert told(world, "trainer") == ["knowledge.citation.marked"], "whoever keeps the bank hears of it once"
    with pytest.raises(RuleBroken), world.begin("trainer") as work:
        usecases.unflag(work, fee)
    with world.begin("trainer") as work:
        marked = work.session.scalars(select(Citation).where(Citation.citing_kind == "question", Citation.citing_id == fee)).one()
        look_at(work, marked.id, "right")
    world.drain()
    assert pool(world) == [fee, other, free]


def test_what_figures_took_out_stays_out_when_the_paragraph_is_right_again(world: Centre) -> None:
    article = make_article(world, title="退款", body=BODY, drain=True)
    fee = write(world, bank(world), refs=[Ref("article", article.id, blocks(world, article)["手续费"])])
    with world.begin("trainer") as work:
        usecases.flag(work, fee, note="doubtful")
    rewrite(world, article, BODY.replace("20元", "30元"))
    assert row(world, fee).flagged_why == "citation"
    rewrite(world, article, BODY)
    assert row(world, fee).flagged_why == "person" and pool(world) == []


def test_topics_count_for_those_above_and_banks_part_the_pool(world: Centre) -> None:
    first, second = bank(world), bank(world, "另一题库")
    with world.begin("trainer") as work:
        deep = banks.topic_of_path(work, "退款/时限/特殊商品")
        again = banks.topic_of_path(work, "特殊商品")
        assert deep == again and deep is not None
        names = {name: one for one, name in queries.topic_names(work.session).items()}
    one, two = write(world, first, topic_id=deep, band="hard"), write(world, second, Question("对吗？", TrueFalse(True)))
    with world.look() as work:
        assert list(queries.pool_of(work.session, [first])) == [
            (one, (names["特殊商品"], names["时限"], names["退款"]), "single", "hard", None, 0)]
        assert [line[0] for line in queries.pool_of(work.session)] == [one, two]
        assert queries.topics_below(work.session, names["退款"]) == sorted(names.values())
    with pytest.raises(InvalidInput), world.begin("trainer") as work:
        banks.change_topic(work, names["退款"], "退款", parent_id=deep)
    with pytest.raises(RuleBroken), world.begin("trainer") as work:
        banks.remove_bank(work, first)


def test_moving_and_outside_numbers(world: Centre) -> None:
    first, second = bank(world), bank(world, "另一题库")
    one = write(world, first, external_id="A-1")
    with pytest.raises(InvalidInput):
        write(world, first, Question("几？", Numeric(Decimal(3))), external_id="A-1")
    write(world, second, Question("几？", Numeric(Decimal(3))), external_id="A-1")
    with pytest.raises(InvalidInput), world.begin("trainer") as work:
        usecases.move(work, one, bank_id=second)

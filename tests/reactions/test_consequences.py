"""What follows from what, over the whole table: every fact is wired, and what is delivered twice happens once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from kmsvc.core.clock import add_months
from kmsvc.core.events import Delivery, Fact
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.confirmations.models import Confirmation
from kmsvc.notices.models import Mail, Notice
from kmsvc.people.accounts.usecases import change_person
from kmsvc.process.definitions.usecases import confirm_review, keep_process, retire_process
from kmsvc.reactions import BY_NAME, FACTS, REACTIONS
from kmsvc.search.models import DirtyMark
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.usecases import run_duties
from tests.builders import do, make_article, make_change, make_process, submit
from tests.support.centre import Centre

EFFECTS = (Notice, Mail, Confirmation, Obligation)


def kept(world: Centre) -> list[int]:
    with world.look() as work:
        return [work.session.scalar(select(func.count()).select_from(kind)) or 0 for kind in EFFECTS]


def test_every_reaction_has_a_name_of_its_own() -> None:
    names = [reaction.__name__ for reactions in REACTIONS.values() for reaction in reactions]
    assert set(names) == set(BY_NAME)


def test_every_fact_of_a_whole_life_is_delivered_and_a_second_delivery_changes_nothing(world: Centre) -> None:
    process = make_process(world)
    make_change(world, closed=True, process=process)
    make_article(world)
    with world.begin("process_manager") as work:
        keep_process(work, process.id, group="quality", audience_unit_id=world.units["TEAM-A"], reason="moved")
    world.clock.move(days=360)
    with world.begin("system") as work:
        run_duties(work, world.clock.today)
    with world.begin("process_manager") as work:
        retire_process(work, process.id, reason="over", today=world.clock.today)
    with world.begin("operator") as work:
        change_person(work, world.people["agent"], roles=["agent", "trainer"])
    world.drain(index=False)

    with world.look() as work:
        states = set(work.session.scalars(select(Delivery.state)))
        failed = list(work.session.scalars(select(Delivery.error).where(Delivery.error.is_not(None))))
        facts = list(work.session.scalars(select(Fact)))
    assert states == {"done"}, failed
    before = kept(world)
    for fact in facts:
        for reaction in REACTIONS.get(FACTS[fact.kind], ()):
            with world.begin("system") as work:
                reaction(work, FACTS[fact.kind].from_payload(fact.payload), world.around)
    assert kept(world) == before


def test_the_next_in_line_hears_of_it_and_the_one_who_acted_does_not(world: Centre) -> None:
    change_id = make_change(world, step=2)
    world.drain(index=False)
    with world.look() as work:
        told = set(work.session.scalars(select(Notice.person_id).where(
            Notice.kind == "process.change.your_turn", Notice.dedup.like(f"turn:{change_id}:2:%"))))
    assert told == {world.people["process_author"]}


def test_when_the_first_of_two_has_done_it_the_second_is_not_told_again(world: Centre) -> None:
    change_id = make_change(world, step=7, drain=True)
    do(world, "process_manager", "sign", change_id)
    world.drain(index=False)
    owner = world.people["business_owner"]
    with world.look() as work:
        for kind in (Notice, Mail):
            rows = work.session.scalars(select(kind.dedup).where(
                kind.person_id == owner, kind.dedup.like(f"turn:{change_id}:7:%"))).all()
            assert len(rows) == 1, kind


def test_whoever_has_acted_since_is_told_when_it_comes_back(world: Centre) -> None:
    change_id = submit(world)
    world.drain(index=False)
    world.clock.move(minutes=5)
    do(world, "process_manager", "ask_back", change_id, question="Which unit?")
    world.drain(index=False)
    world.clock.move(minutes=5)
    do(world, "team_leader", "resubmit", change_id, reason="All of them.")
    world.drain(index=False)
    with world.look() as work:
        told = work.session.scalars(select(Notice.id).where(
            Notice.person_id == world.people["process_manager"], Notice.dedup.like(f"turn:{change_id}:1:%"))).all()
    assert len(told) == 2


def test_the_asker_hears_how_it_ended(world: Centre) -> None:
    change_id = make_change(world, step=1)
    do(world, "process_manager", "reject", change_id, reason="no")
    world.drain(index=False)
    with world.look() as work:
        row = work.session.scalars(select(Notice).where(Notice.kind == "process.change.closed")).one()
        mail = work.session.scalars(select(Mail).where(Mail.kind == "process.change.closed")).one()
    assert row.person_id == mail.person_id == world.people["team_leader"]
    assert row.params["state_label"] == {"code": "rejected", "enum": "change_state"}


def test_a_step_that_was_left_meanwhile_is_told_to_nobody(world: Centre) -> None:
    change_id = make_change(world, step=3)  # nothing was delivered while it went through steps 1 and 2
    world.drain(index=False)
    with world.look() as work:
        rows = list(work.session.scalars(select(Notice.dedup).where(Notice.kind == "process.change.your_turn")))
    assert rows
    assert all(row.startswith(f"turn:{change_id}:3:") for row in rows)


def test_a_review_falls_due_once_a_year_and_reminds_its_owner(world: Centre) -> None:
    process = make_process(world)
    world.clock.move(days=336)
    for _ in range(2):
        with world.begin("system") as work:
            run_duties(work, world.clock.today)
    world.drain(index=False)
    with world.look() as work:
        duty = work.session.scalars(select(Obligation).where(Obligation.subject_id == process.id)).one()
        told = list(work.session.scalars(select(Notice).where(Notice.kind == "process.review.due")))
    assert duty.owner_id == world.people["business_owner"]
    assert [row.person_id for row in told] == [world.people["business_owner"]]


def test_what_changes_is_marked_for_the_search(world: Centre) -> None:
    process = make_process(world)
    world.drain(index=False)
    with world.look() as work:
        marked = {(row.kind, row.ref_id) for row in work.session.scalars(select(DirtyMark))}
    assert ("process", process.id) in marked
    assert any(kind == "article" for kind, _ in marked)


def test_the_answer_of_a_process_is_looked_at_again_when_the_process_is(world: Centre) -> None:
    process = make_process(world, drain=True)

    def review() -> date | None:
        with world.look() as work:
            return work.session.scalars(select(Article.review_on).where(Article.process_id == process.id)).one()
    first = review()
    assert first == add_months(world.clock.today, 12)
    world.clock.move(days=100)
    with world.begin("business_owner") as work:
        confirm_review(work, process.id, today=world.clock.today, reason="As it is done.")
    world.drain(index=False)
    assert review() == add_months(world.clock.today, 12) != first

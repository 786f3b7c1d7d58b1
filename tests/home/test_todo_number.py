"""The number in the top bar is what «My day» lists, whatever the duties of a person point to."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from kmsvc.home.queries import tasks, todo_count
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.permissions import COMPLETE_DUTY
from tests.builders import make_article, make_change, make_process
from tests.support.centre import Centre
from tests.support.clock import ZONE


def numbers(app: Flask, world: Centre, who: str) -> tuple[int, int]:
    with app.test_request_context("/"), world.look(who) as work:
        day = world.clock.today
        return todo_count(work.session, work.actor, day, work.now), len(tasks(work.session, work.actor, day, ZONE, work.now))


def test_the_number_is_what_the_day_lists_though_duties_point_to_what_is_not_shown(app: Flask, world: Centre) -> None:
    process = make_process(world)
    make_change(world, step=4)
    article = make_article(world)
    due = world.clock.today + timedelta(days=3)
    with world.begin("system") as work:
        work.session.add_all(
            Obligation(rule=rule, subject_kind=kind, subject_id=subject, period=str(n), due_on=due, state="open", created_at=work.now,
                       owner_id=world.people["agent"])
            for n, (rule, kind, subject) in enumerate([
                ("process.review", "process", process.id), ("process.review", "process", 987_654),
                ("knowledge.review.mend", "article", article.id), ("knowledge.review.mend", "article", 987_654),
                ("knowledge.review.judge", "review", 987_654), ("something.else", "thing", 1)]))
        work.permit(COMPLETE_DUTY)
    assert numbers(app, world, "agent") == (2, 2)
    for who in ("process_author", "knowledge_editor", "process_manager", "admin"):
        count, listed = numbers(app, world, who)
        assert count == listed, who

"""Read and understood (A14): asked per version, shown with what changed since the last one, given by one button."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.confirmations.models import Confirmation
from kmsvc.knowledge.confirmations.queries import open_confirmations, read_rate
from kmsvc.knowledge.confirmations.usecases import confirm_read
from kmsvc.process.definitions.models import Process
from kmsvc.process.definitions.permissions import MANAGE_PROCESS
from kmsvc.process.definitions.usecases import plan_publication, write_version
from tests.builders import make_article, make_process
from tests.support.centre import Centre
from tests.support.clock import ZONE


def next_version(world: Centre, process: Process, body: str) -> None:
    with world.begin("process_manager") as work:
        row = work.get(Process, process.id, lock=True)
        work.permit(MANAGE_PROCESS, row)
        version = write_version(work, row, name=row.name, purpose="", body=body, final=True, change_id=None)
        plan_publication(work, row, version, effective_on=world.clock.today, zone=ZONE, today=world.clock.today,
                         change_id=None, release_round=None)
    world.drain(index=False)


def article_of(world: Centre, process: Process) -> Article:
    with world.look() as work:
        return work.session.scalars(select(Article).where(Article.process_id == process.id)).one()


def page_of(caller: Any, article: Article) -> str:
    return caller.get(f"/knowledge/articles/{article.id}").get_data(as_text=True)


def confirm(caller: Any, article: Article, page: str) -> Any:
    found = re.search(r'name="version_id" value="(\d+)"', page)
    assert found
    return caller.post(f"/knowledge/articles/{article.id}/confirm", data={"version_id": found[1]})


def test_a_reader_confirms_and_next_time_sees_first_what_changed_since(client: Callable, world: Centre) -> None:
    process = make_process(world, body="# 退款\n\n七天内全额退款。\n\n先核对订单号。", drain=True)
    article, agent = article_of(world, process), client("agent")
    page = page_of(agent, article)
    act = f'action="/knowledge/articles/{article.id}/confirm"'
    assert act in page and "<ins>" not in page
    assert confirm(agent, article, page).status_code == 303
    assert act not in page_of(agent, article)
    next_version(world, process, "# 退款\n\n十天内全额退款。\n\n先核对订单号。")
    page = page_of(agent, article_of(world, process))
    assert "<del>七天</del>" in page.replace("七", "七") and "<ins>十天</ins>" in page
    assert page.index("<ins>") < page.index("km-prose")
    assert confirm(agent, article, page).status_code == 303
    with world.look("agent") as work:
        assert open_confirmations(work.session, work.actor) == []


def test_a_confirmation_is_bound_to_the_version_that_was_shown(client: Callable, world: Centre) -> None:
    process = make_process(world, drain=True)
    article, agent = article_of(world, process), client("agent")
    page = page_of(agent, article)
    next_version(world, process, "# 退款\n\n全新的说法。")
    assert confirm(agent, article, page).status_code == 409
    with world.look() as work:
        assert work.session.scalars(select(Confirmation).where(
            Confirmation.person_id == world.people["agent"], Confirmation.confirmed_at.is_not(None))).all() == []


def test_an_older_question_is_overtaken_by_the_newer_version(world: Centre) -> None:
    process = make_process(world, drain=True)
    next_version(world, process, "# 退款\n\n全新的说法。")
    with world.look("agent") as work:
        assert len(open_confirmations(work.session, work.actor)) == 1


def test_editors_see_how_far_it_is_read_and_by_whom_not(client: Callable, world: Centre) -> None:
    process = make_process(world, drain=True)
    article, agent = article_of(world, process), client("agent")
    confirm(agent, article, page_of(agent, article))
    with world.look() as work:
        rate = read_rate(work.session, article.published_version_id or 0)
    assert rate.confirmed == 1 < rate.asked
    shown = page_of(client("knowledge_editor"), article)
    assert f"1 / {rate.asked}" in shown and "Agent B" in shown
    assert "Agent B" not in page_of(agent, article)


def test_who_may_not_see_an_article_cannot_confirm_it(client: Callable, world: Centre) -> None:
    process = make_process(world, unit="TEAM-B", drain=True)
    article = article_of(world, process)
    answer = client("agent").post(f"/knowledge/articles/{article.id}/confirm",
                                  data={"version_id": str(article.published_version_id)})
    assert answer.status_code == 404


def test_reading_time_does_not_count_what_the_reader_may_not_see(world: Centre) -> None:
    """R-A4: a number tells nothing of a hidden block."""
    plain = make_process(world, name="甲", body="# 甲\n\n一句话。", drain=True)
    hiding = make_process(world, name="乙", drain=True,
                          body="# 乙\n\n一句话。\n\n:::secret\n" + "很长的底线。" * 400 + "\n:::")
    with world.look("agent") as work:
        seconds = {one.number: one.seconds for one in open_confirmations(work.session, work.actor)}
    assert seconds[article_of(world, plain).number] == seconds[article_of(world, hiding).number]


def test_a_double_click_on_an_article_nobody_asked_to_read_is_one_confirmation(world: Centre) -> None:
    """The second one arrives while the first has not committed."""
    article = make_article(world)
    found: list[int] = []

    def second() -> None:
        with world.begin("agent") as work:
            found.append(confirm_read(work, article.id, version_id=article.published_version_id or 0).id)

    other = threading.Thread(target=second)
    with world.begin("agent") as work:
        first = confirm_read(work, article.id, version_id=article.published_version_id or 0).id
        other.start()
        other.join(0.5)
    other.join(10)
    assert found == [first]


def test_a_day_is_that_of_the_centre_for_who_confirms_without_being_asked(client: Callable, world: Centre) -> None:
    """Seven in the morning in Shanghai is still yesterday in UTC."""
    world.clock.move(hours=-2)
    article = make_article(world)
    assert world.clock().date() < world.clock.today
    assert client("agent").call("POST", f"/api/v1/knowledge/articles/{article.id}/confirm",
                                {"version_id": article.published_version_id})[0] == 200
    with world.look() as work:
        row = work.session.scalars(select(Confirmation).where(Confirmation.article_id == article.id)).one()
    assert row.due_on == world.clock.today

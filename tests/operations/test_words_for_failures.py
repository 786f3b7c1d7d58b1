"""Whoever looks after the service reads words: what failed for which thing, and what a delivery is about."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import update

from kmsvc.operations.permissions import DELIVER
from kmsvc.process.definitions.models import Process
from kmsvc.schedule import run_the_duties
from kmsvc.worker import Worker
from tests.builders import make_process
from tests.support.centre import Centre


def test_a_duty_run_that_failed_names_the_process_and_leads_to_it(world: Centre, client: Callable) -> None:
    """R-J6: a subject that cannot be judged is shown to the administrators in words, with its address."""
    process = make_process(world)
    with world.begin("system") as work:
        work.permit(DELIVER)
        work.session.connection().execute(update(Process.__table__).where(Process.id == process.id).values(review_months=999_999))
    run_the_duties(Worker(world.db, world.settings, world.engine))
    page = client("admin").get("/operations").get_data(as_text=True)
    table = page.split("process/definitions/")[1]
    assert table.startswith(f"{process.id}\"") and process.number in table[:200]
    assert "process.review:" not in page


def test_the_outbox_says_what_happened_and_what_follows(world: Centre, client: Callable) -> None:
    make_process(world)
    page = client("admin").get("/operations/deliveries", headers={"Cookie": "km-language=en"}).get_data(as_text=True)
    assert "A version took effect" in page or "\u7248\u672c\u5df2\u751f\u6548" in page
    assert ">publish_to_knowledge<" not in page and 'title="publish_to_knowledge"' in page

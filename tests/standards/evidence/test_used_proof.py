"""Proof that was used is changed by nobody unnoticed: whoever reaches past the service is refused by the database itself."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kmsvc.operations.setup import install_standards
from kmsvc.standards.duties import life
from kmsvc.standards.models.queries import model_by_code
from kmsvc.standards.packs.usecases import note_pack
from tests.standards.duties.houses import begin_use, duties, run
from tests.support.centre import Centre


@pytest.fixture
def proven(world: Centre) -> int:
    """A duty that is done, with a record and steps, in a pack that was taken; its id."""
    install_standards(world.db)
    today = world.clock.today
    begin_use(world, today)
    run(world, today)
    duty = next(one.id for one in duties(world, "8") if one.period == "2026")
    with world.begin("compliance") as work:
        life.do(work, duty, on=today, today=today, record="https://x.test/report")
    with world.begin("compliance") as work:
        model = model_by_code(work.session, "cc-cmm-oc-2017")
        assert model is not None
        note_pack(work, model, 2026, today, [], 1, "0" * 64)
    return duty


@pytest.mark.parametrize("sql", [
    "UPDATE standards_duty_proof SET url = 'https://x.test/other'", "UPDATE standards_duty_proof SET at = '2020-01-01 00:00:00+00:00'",
    "UPDATE standards_duty_proof SET by_id = NULL", "UPDATE standards_duty_proof SET thing_id = 7",
    "UPDATE standards_duty_proof SET dropped_at = '2026-03-03 00:00:00+00:00', number = 'x'", "DELETE FROM standards_duty_proof",
    "UPDATE standards_duty_step SET reason = 'x'", "DELETE FROM standards_duty_step",
    "UPDATE standards_pack SET sha256 = 'x'", "DELETE FROM standards_pack"])
def test_nobody_reaches_past_the_service(world: Centre, proven: int, sql: str) -> None:
    with pytest.raises(DBAPIError, match="not changed"), world.begin("operator") as work:
        work.session.execute(text(sql))


def test_a_record_is_struck_out_once_and_stays_in_sight(world: Centre, proven: int) -> None:
    with world.begin("compliance") as work:
        life.prove(work, proven, record="https://x.test/second")
        first = life.proofs_of(work.session, proven)[0].id
    with world.begin("compliance") as work:
        life.drop_proof(work, proven, proof_id=first, reason="another report")
    with world.look() as work:
        assert [one.url for one in life.proofs_of(work.session, proven)] == ["https://x.test/second"]
    with pytest.raises(DBAPIError, match="not changed"), world.begin("operator") as work:
        work.session.execute(text("UPDATE standards_duty_proof SET dropped_at = NULL WHERE dropped_at IS NOT NULL"))

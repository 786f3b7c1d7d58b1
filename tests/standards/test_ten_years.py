"""Ten years of review records: each year whole, for any auditor, also after a restore elsewhere; the same bytes each time. R-W10."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kmsvc.app import make_database
from kmsvc.core.clock import local_date
from kmsvc.core.work import Database
from kmsvc.operations.backup import write_backup
from kmsvc.operations.restore import restore, target_settings
from kmsvc.operations.setup import install_standards
from kmsvc.process.definitions.usecases import confirm_review
from kmsvc.settings import Settings
from kmsvc.standards.models.queries import clauses_of, model_by_code
from kmsvc.standards.packs.building import write_pack
from tests.builders import make_process
from tests.conftest import Templates
from tests.support.centre import Centre
from tests.support.clock import ZONE

YEARS = 10
LIST = "/standards/evidence?year={year}&as_of={year}-12-31&kind=process_review"
EXPORT = LIST + "&format=csv"


@pytest.fixture
def decade(world: Centre) -> dict[int, int]:
    """Year -> how many reviews were signed in it: one more each year."""
    install_standards(world.db)
    process = make_process(world, drain=True)
    signed = {}
    first = local_date(world.clock(), ZONE).year
    for year in range(first, first + YEARS):
        while local_date(world.clock(), ZONE).year < year:
            world.clock.move(days=1)
        for turn in range(year - first + 1):
            world.clock.move(days=1)
            with world.begin("business_owner") as work:
                confirm_review(work, process.id, reason=f"look {turn}", today=world.clock.today)
        signed[year] = year - first + 1
    world.clock.move(days=400)
    return signed


@pytest.fixture
def elsewhere(tmp_path: Path, settings: Settings, templates: Templates) -> Iterator[Settings]:
    """An empty place of the same kind of database."""
    folder = tmp_path / "elsewhere"
    place = target_settings(settings, to=folder, url=None if settings.is_sqlite else templates.cluster().fresh_database())
    yield place
    if not place.is_sqlite:
        templates.drop(place.database_url)


def pack_of(db: Database, world: Centre, year: int) -> bytes:
    """The pack of clause 42 for the last day of a year."""
    out = io.BytesIO()
    with db.look(world.actor("auditor")) as work:
        model = model_by_code(work.session, "cc-cmm-oc-2017")
        assert model is not None
        clauses = [one for one in clauses_of(work.session, model.id) if one.name == "42"]
        write_pack(work.session, work.actor, model, clauses, year, date(year, 12, 31), ZONE, out)
    return out.getvalue()


def test_r_w10_each_year_is_whole_for_any_auditor_and_the_same_after_a_restore(
        world: Centre, client: Callable[..., Any], settings: Settings, tmp_path: Path, decade: dict[int, int], elsewhere: Settings,
) -> None:
    """R-W10: page, export and pack of ten years, here and where a backup was restored."""
    auditor, other = client("auditor"), client("compliance")
    exports, packs = {}, {}
    for year, signed in decade.items():
        exports[year] = auditor.get(EXPORT.format(year=year)).data
        rows = list(csv.reader(io.StringIO(exports[year].decode("utf-8-sig"))))[1:]
        assert len(rows) == len({row[0] for row in rows}) == signed and {row[0][:4] for row in rows} == {str(year)}
        assert other.get(EXPORT.format(year=year)).data == exports[year], "whoever asks"
        assert auditor.get(LIST.format(year=year)).get_data(as_text=True).count("<tr data-row") == signed
        packs[year] = pack_of(world.db, world, year)
    write_backup(settings, tmp_path / "backup")
    restore(elsewhere, tmp_path / "backup")
    copy = make_database(elsewhere, clock=world.clock)
    try:
        assert {year: pack_of(copy, world, year) for year in decade} == packs
    finally:
        copy.engine.dispose()
    assert {year: auditor.get(EXPORT.format(year=year)).data for year in decade} == exports, "asked again, the same bytes"

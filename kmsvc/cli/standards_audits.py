"""`kmsvc standards audits …`, `programmes …`, `findings …`: the audits of a year and what they found; one command a verb."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, with_database
from kmsvc.cli.things import WHICH, add_verbs, id_of, loaded, show_settled
from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.standards.audits import auditing, planning, queries, schemas, verbs
from kmsvc.standards.audits.models import AuditProgramme, Engagement, Finding


def _today(work: Work, settings: Any) -> Any:
    return local_date(work.now, settings.timezone)


@click.group("audits")
def audits() -> None:
    """Audits that clauses ask for every year: checklist, sample, findings, report."""


@audits.command("list")
@click.option("--q", help="Number or title.")
@click.option("--year", type=click.IntRange(2000, 2200))
@click.option("--state", type=click.Choice(schemas.STATES))
@click.option("--clause", metavar="N", help="Only audits of this clause.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, year: int | None, state: str | None, clause: str | None, limit: int,
            as_login: str | None, as_json: bool) -> None:
    """Audits, newest year first."""
    with db.look(acting(db, as_login)) as work:
        lines, _ = queries.engagement_lines(work.session, work.actor, q=q, year=year, state=state, clause=clause, limit=limit)
    put({"items": [schemas.engagement_json(one) for one in lines]}, as_json=as_json, text="\n".join(
        f"{one.number:13} {one.state:8} {one.checked:3}/{one.points:<3} {one.starts_on} {','.join(one.clauses):10} {one.lead or '-':10} "
        f"{one.title}" for one in lines) or "No audits.")


@audits.command("show")
@WHICH
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One audit with its checklist, samples, findings and reports, and what may be done."""
    with db.look(acting(db, as_login)) as work:
        _put(work, id_of(work, Engagement, which), settings, as_json)


def _put(work: Work, engagement_id: int, settings: Any, as_json: bool) -> None:
    work.session.flush()
    card = queries.engagement_card(work.session, work.actor, engagement_id)
    offers = verbs.engagement_offers(work, card.row, _today(work, settings))
    put(schemas.engagement_card_json(card, offers, verbs.checks(work.actor, card.row)), as_json=as_json, text="\n".join([
        f"{card.line.number} {card.line.title} {card.line.state} {card.line.checked}/{card.line.points}",
        *(f"  #{one.clause:5} {one.result or '-':9} {one.text['en']}" for one in card.points),
        *(f"  {one.number or 'draft':13} {one.grade:6} {one.state:10} {one.title}" for one in card.findings)]))


@audits.command("check")
@WHICH
@click.argument("place", type=click.IntRange(1))
@click.option("--result", type=click.Choice([one.value for one in schemas.CheckResult]))
@click.option("--kind", "note_kind", type=click.Choice([one.value for one in schemas.NoteKind]))
@click.option("--note")
@as_option
@json_option
@with_database
def check(db: Any, settings: Any, which: str, place: int, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Judge the point of a checklist at this place; without --result the judgement is taken back."""
    from sqlalchemy import select

    from kmsvc.core.errors import NotFound
    from kmsvc.standards.audits.models import CheckPoint

    actor, data = acting(db, as_login), loaded(schemas.CheckInput(), given)
    with db.begin(actor) as work:
        one = id_of(work, Engagement, which)
        point = work.session.scalar(select(CheckPoint.id).where(CheckPoint.engagement_id == one, CheckPoint.place == place))
        if point is None:
            raise NotFound()
        auditing.check(work, point, **data)
    show_settled(db, settings, actor, lambda work: _put(work, one, settings, as_json))


@audits.command("programme")
@click.option("--year", required=True, type=click.IntRange(2000, 2200))
@click.option("--title", required=True)
@click.option("--goals")
@as_option
@json_option
@with_database
def programme(db: Any, settings: Any, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Draft the programme of a year with the audits that are asked for yearly."""
    actor, data = acting(db, as_login), loaded(schemas.AuditProgrammeInput(), given)
    with db.begin(actor) as work:
        row = planning.begin_programme(work, **data)
    show_settled(db, settings, actor, lambda work: _put_programme(work, row.id, settings, as_json))


def _gone(thing_id: int, as_json: bool) -> None:
    """A draft that was thrown away."""
    put({"id": thing_id, "state": "gone"}, as_json=as_json, text="The draft is gone.")


def _put_programme(work: Work, programme_id: int, settings: Any, as_json: bool) -> None:
    work.session.flush()
    if work.session.get(AuditProgramme, programme_id) is None:
        _gone(programme_id, as_json)
        return
    row = queries.programme_of(work.session, work.actor, programme_id)
    put(schemas.programme_json(row, verbs.programme_offers(work, row, _today(work, settings))), as_json=as_json,
        text=f"{row.number} {row.year} {row.state} {row.title}")


@audits.command("export")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--year", type=click.IntRange(2000, 2200))
@as_option
@with_database
def export(db: Any, settings: Any, path: Path, year: int | None, as_login: str | None) -> None:
    """Write the list of audits to a .csv or .xlsx file."""
    from kmsvc.cli.tables import give_out

    with db.look(acting(db, as_login)) as work:
        lines, _ = queries.engagement_lines(work.session, work.actor, year=year, limit=10_000)
    rows = [schemas.engagement_json(one) | {"clauses": ", ".join(one.clauses)} for one in lines]
    head = [name for name in (rows[0] if rows else {}) if name not in ("id", "programme_id", "version", "url")]
    give_out(path, "audits", head, ([row[name] for name in head] for row in rows))


@click.group("programmes")
def programmes() -> None:
    """Audit programmes: the audits of a year, approved by somebody else than who wrote them."""


@click.group("findings")
def findings() -> None:
    """What audits found, and what both sides agreed is done."""


@findings.command("list")
@click.option("--q", help="Number, title or words.")
@click.option("--state", type=click.Choice(schemas.FINDING_STATES))
@click.option("--clause", metavar="N")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def finding_list(db: Any, settings: Any, q: str | None, state: str | None, clause: str | None, limit: int, as_login: str | None,
                 as_json: bool) -> None:
    """Findings, newest first."""
    with db.look(acting(db, as_login)) as work:
        lines, _ = queries.finding_lines(work.session, work.actor, queries.FindingFilters(q=q, state=state, clause=clause), limit=limit)
    put({"items": [schemas.finding_json(one) for one in lines]}, as_json=as_json, text="\n".join(
        f"{one.number or 'draft':13} #{one.clause:5} {one.grade:6} {one.state:10} {one.due_on or '-':10} {one.respondent:10} {one.title}"
        for one in lines) or "No findings.")


@findings.command("show")
@WHICH
@as_option
@json_option
@with_database
def finding_show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One finding with its revisions, actions and history, and what may be done."""
    with db.look(acting(db, as_login)) as work:
        _put_finding(work, id_of(work, Finding, which), settings, as_json)


def _put_finding(work: Work, finding_id: int, settings: Any, as_json: bool) -> None:
    work.session.flush()
    if work.session.get(Finding, finding_id) is None:
        _gone(finding_id, as_json)
        return
    card = queries.finding_card(work.session, work.actor, finding_id)
    offers = verbs.finding_offers(work, card.row, _today(work, settings))
    put(schemas.finding_card_json(card, offers), as_json=as_json, text="\n".join([
        f"{card.line.number or 'draft'} {card.line.title} {card.line.state}",
        *(f"  {one.day} {one.verb:12} {one.note or ''}" for one in card.steps)]))


def _acting(run: Any) -> Any:
    def act(work: Work, thing_id: int, name: str, data: dict[str, Any], settings: Any) -> None:
        run(work, thing_id, name, data, _today(work, settings), None)
    return act


add_verbs(audits, Engagement, verbs.ENGAGEMENT_VERBS, _acting(verbs.act_on_engagement), _put)
add_verbs(programmes, AuditProgramme, verbs.PROGRAMME_VERBS, _acting(verbs.act_on_programme), _put_programme)
add_verbs(findings, Finding, verbs.FINDING_VERBS, _acting(verbs.act_on_finding), _put_finding)

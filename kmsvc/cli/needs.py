"""`kmsvc training needs …`: the yearly survey, what hurts, the annual plan, suggestions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import Sentence, acting, as_option, json_option, put, settle, with_database
from kmsvc.cli.tables import give_out, take_in
from kmsvc.cli.things import WHICH, act_on, add_verbs, command, id_of, loaded
from kmsvc.core.clock import local_date
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.needs import answering, designing, plan_queries, planning, queries, usecases, verbs
from kmsvc.training.needs.models import AnnualLine, Campaign, Suggestion
from kmsvc.training.needs.permissions import SEE_NEEDS
from kmsvc.training.needs.plan_schemas import (
    NewLineInput,
    SuggestionInput,
    line_text,
    plan_line_json,
    ranked_json,
    suggestion_json,
    sums_json,
)
from kmsvc.training.needs.rows import ENTRIES
from kmsvc.training.needs.schemas import (
    STATES,
    AnswerInput,
    CampaignInput,
    FormInput,
    card_json,
    form_json,
    form_text,
    line_json,
)
from kmsvc.training.needs.sources import what_hurts

FILE = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))


@click.group("needs")
def needs() -> None:
    """The yearly survey of training needs, what hurts, the annual plan, suggestions."""


def _day(work: Work, settings: Any) -> Any:
    return local_date(work.now, settings.timezone)


def _json_of(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text("utf-8-sig"))
    except ValueError as error:
        raise Sentence(N_("%(file)s is no readable JSON."), file=str(file)) from error
    if not isinstance(found, dict):
        raise Sentence(N_("%(file)s holds no JSON object."), file=str(file))
    return found


@needs.command("list")
@click.option("--q", help="Number or words of the report.")
@click.option("--year", type=click.IntRange(2000, 2200))
@click.option("--state", type=click.Choice(STATES))
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, year: int | None, state: str | None, limit: int, as_login: str | None,
            as_json: bool) -> None:
    """Surveys, newest first."""
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_NEEDS)
        lines, _ = queries.campaign_lines(work.session, work.actor, q=q, year=year, state=state, limit=limit)
    put({"items": [line_json(line) for line in lines]}, as_json=as_json, text="\n".join(
        f"{line.number:14} {line.state:11} {line.answered:4}/{line.asked:<4} {line.due_on}" for line in lines))


@needs.command("show")
@WHICH
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One survey with the proof of its steps."""
    with db.look(acting(db, as_login)) as work:
        _put(work, id_of(work, Campaign, which), settings, as_json)


def _put(work: Work, campaign_id: int, settings: Any, as_json: bool) -> None:
    work.session.flush()
    card = queries.campaign_card(work, campaign_id)
    row = queries.visible(work.session, work.actor, campaign_id)
    put(card_json(card, verbs.offers_for(work.actor, row, card, _day(work, settings))), as_json=as_json, text="\n".join([
        f"{card.line.number} {card.line.state} {card.line.answered}/{card.line.asked}",
        *(f"  {one.step} {one.verb:18} {one.person:16} {one.at.isoformat()}" for one in card.steps)]))


@needs.command("begin")
@click.option("--year", required=True, help="As 2026.")
@click.option("--due-on", required=True, help="By when everybody answers, as 2026-12-15.")
@click.option("--purpose", help="What to look at most.")
@as_option
@json_option
@with_database
def begin(db: Any, settings: Any, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Begin the survey of a year."""
    with db.begin(acting(db, as_login)) as work:
        data = loaded(CampaignInput(), given)
        row = usecases.plan_campaign(work, year=data["year"], due_on=data["due_on"], purpose=data["purpose"], today=_day(work, settings))
        _put(work, row.id, settings, as_json)


@needs.command("form")
@WHICH
@FILE
@click.option("--change", type=click.IntRange(1), help="Put this questionnaire instead of adding one: its id.")
@as_option
@json_option
@with_database
def form(db: Any, settings: Any, which: str, file: Path, change: int | None, as_login: str | None, as_json: bool) -> None:
    """Add a questionnaire out of a JSON file: title, questions, posts, grades, anonymous."""
    with db.begin(acting(db, as_login)) as work:
        one = id_of(work, Campaign, which)
        said = form_text(loaded(FormInput(), _json_of(file)))
        row = designing.change_form(work, one, change, said) if change else designing.add_form(work, one, said)
        work.session.flush()
        line = next(it for it in queries.campaign_card(work, one).forms if it.id == row.id)
        put(form_json(line), as_json=as_json, text=f"{row.id} {row.title}: {len(row.questions)}")


@needs.command("answer")
@WHICH
@FILE
@as_option
@with_database
def answer(db: Any, settings: Any, which: str, file: Path, as_login: str | None) -> None:
    """Answer one's own questionnaire out of a JSON file: key of the question -> answer (--as)."""
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        data = loaded(AnswerInput(), {"answers": _json_of(file)})
        answering.answer_needs(work, id_of(work, Campaign, which), data["answers"], today=_day(work, settings))
    settle(db, settings)


@needs.command("report")
@WHICH
@as_option
@json_option
@with_database
def report(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """The needs report: as it was signed, or as it would be signed now."""
    with db.look(acting(db, as_login)) as work:
        one = id_of(work, Campaign, which)
        card = queries.campaign_card(work, one)
        record = card.record or usecases.report_of(work, queries.visible(work.session, work.actor, one), _day(work, settings))
    put({"number": card.line.number, "conclusion": card.conclusion, "signed_at": card.line.signed_at, **record}, as_json=as_json,
        text="\n".join(f"{one['score']:7} {one['subject']}" for one in record["ranking"]))


def _act(work: Work, one: int, name: str, data: dict[str, Any], settings: Any) -> None:
    verbs.act(work, verbs.VERBS, Campaign, one, name, data, _day(work, settings), None)


add_verbs(needs, Campaign, verbs.VERBS, _act, _put)


@needs.command("hurts")
@click.option("--year", type=click.IntRange(2000, 2200), help="Left out: this year.")
@click.option("--to", "file", type=click.Path(path_type=Path), help="Write them to a new csv or xlsx file.")
@as_option
@json_option
@with_database
def hurts(db: Any, settings: Any, year: int | None, file: Path | None, as_login: str | None, as_json: bool) -> None:
    """What hurts, from every source, the worst first."""
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_NEEDS)
        day = _day(work, settings)
        ranking = what_hurts(work.session, work.actor, year or day.year, day)
    if file:
        give_out(file, "hurts", ["place", "subject", "points", "source", "count", "note"],
                 ([place, one.subject, one.score, str(part.source), part.count, part.note]
                  for place, one in enumerate(ranking, start=1) for part, _ in one.parts))
        return
    put({"items": [ranked_json(one) for one in ranking]}, as_json=as_json, text="\n".join(
        f"{one.score:7} {one.subject}  " + " ".join(f"{part.source}:{part.count}" for part, _ in one.parts) for one in ranking))


@needs.command("import")
@FILE
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@as_option
@json_option
@with_database
def bring_in(db: Any, settings: Any, file: Path, dry_run: bool, as_login: str | None, as_json: bool) -> None:
    """What hurts out of a csv or xlsx file: subject, source, year, how often, note."""
    take_in(db, acting(db, as_login), ENTRIES, file, dry_run=dry_run, as_json=as_json)


def _put_line(work: Work, line_id: int, settings: Any, as_json: bool) -> None:
    work.session.flush()
    card = plan_queries.line_card(work.session, work.actor, line_id)
    put(plan_line_json(card, verbs.line_offers(work.actor, card, _day(work, settings))), as_json=as_json,
        text=f"{card.number} {card.state} Q{card.quarter} {card.subject} {card.heads}x{card.hours}h {card.yuan} {card.done}/5")


@needs.command("take-up")
@click.argument("subjects", nargs=-1, required=True)
@click.option("--of-year", type=click.IntRange(2000, 2200), required=True, help="Year of the list.")
@click.option("--year", type=click.IntRange(2000, 2200), required=True, help="Year of the plan.")
@as_option
@json_option
@with_database
def take_up(db: Any, settings: Any, subjects: tuple[str, ...], of_year: int, year: int, as_login: str | None, as_json: bool) -> None:
    """Make lines of the annual plan of subjects of what hurts."""
    from kmsvc.core.texts import compared

    with db.begin(acting(db, as_login)) as work:
        made = planning.take_up(work, of_year, [compared(one) for one in subjects], year=year, today=_day(work, settings))
        work.session.flush()
        cards = [plan_queries.line_card(work.session, work.actor, one.id) for one in made]
    put({"items": [plan_line_json(one) for one in cards]}, as_json=as_json,
        text="\n".join(f"{one.number} {one.subject}" for one in cards))


@needs.command("lines")
@click.option("--year", type=click.IntRange(2000, 2200), required=True)
@click.option("--q", help="Subject, audience, target.")
@as_option
@json_option
@with_database
def lines(db: Any, settings: Any, year: int, q: str | None, as_login: str | None, as_json: bool) -> None:
    """The annual plan of a year with its sums."""
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_NEEDS)
        found, _ = plan_queries.plan_lines(work.session, work.actor, plan_queries.LineFilters(q=q, year=year), limit=10_000)
        sums = plan_queries.sums_of(work.session, work.actor, year)
    put({"items": [plan_line_json(one) for one in found], "sums": sums_json(sums)}, as_json=as_json, text="\n".join(
        [f"{one.number} Q{one.quarter} {one.state:8} {one.heads:4}x{one.hours:<6} {one.yuan:10} {one.subject}" for one in found] +
        [f"{sums.hours_each}/{sums.hours_limit} h, {sums.yuan_each}/{sums.yuan_limit} yuan a head"]))


@needs.command("line")
@click.option("--year", required=True)
@click.option("--subject", required=True)
@click.option("--quarter", required=True)
@click.option("--heads", required=True)
@click.option("--hours", required=True, help="A head.")
@click.option("--cost", required=True, help="Yuan, all together.")
@click.option("--audience")
@click.option("--target")
@click.option("--evaluation")
@click.option("--owner", help="An account.")
@as_option
@json_option
@with_database
def add_line(db: Any, settings: Any, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Add a line of the annual plan by hand."""
    with db.begin(acting(db, as_login)) as work:
        data = loaded(NewLineInput(), given)
        _put_line(work, planning.add_line(work, data["year"], line_text(data)).id, settings, as_json)


def _line_verb(name: str, /, db: Any, settings: Any, which: str, as_login: str | None, as_json: bool, **given: Any) -> None:
    data = loaded(verbs.LINE_VERBS[name].schema()(), given)
    act_on(db, settings, as_login, AnnualLine, which,
           lambda work, one: verbs.act(work, verbs.LINE_VERBS, AnnualLine, one, name, data, _day(work, settings), None),
           lambda work, one: _put_line(work, one, settings, as_json))


for _verb in verbs.LINE_VERBS.values():
    needs.add_command(command(_verb.name, _verb.label, _verb.inputs, _line_verb))


@needs.command("suggest")
@click.argument("subject")
@click.option("--text", help="Why, and how.")
@as_option
@json_option
@with_database
def suggest(db: Any, settings: Any, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Suggest a training (--as)."""
    with db.begin(acting(db, as_login)) as work:
        row = planning.suggest(work, **loaded(SuggestionInput(), given))
        line = plan_queries.suggestion_line(work.session, work.actor, row.id)
    put(suggestion_json(line), as_json=as_json, text=line.number)


@needs.command("suggestions")
@click.option("--state", type=click.Choice(["open", "taken", "declined"]))
@as_option
@json_option
@with_database
def suggestions(db: Any, settings: Any, state: str | None, as_login: str | None, as_json: bool) -> None:
    """Training suggestions: the own ones, or all."""
    with db.look(acting(db, as_login)) as work:
        found, _ = plan_queries.suggestion_lines(work.session, work.actor, state=state, limit=1000)
    put({"items": [suggestion_json(one) for one in found]}, as_json=as_json, text="\n".join(
        f"{one.number} {one.state:9} {one.person:16} {one.subject}" for one in found))


def _answer_suggestion(name: str, /, db: Any, settings: Any, which: str, as_login: str | None, as_json: bool, **given: Any) -> None:
    data = loaded(verbs.SUGGESTION_VERBS["answer"].schema()(), given)
    act_on(db, settings, as_login, Suggestion, which,
           lambda work, one: verbs.act(work, verbs.SUGGESTION_VERBS, Suggestion, one, "answer", data, _day(work, settings), None),
           lambda work, one: put(suggestion_json(plan_queries.suggestion_line(work.session, work.actor, one)), as_json=as_json,
                                 text="ok"))


needs.add_command(command("answer-suggestion", verbs.SUGGESTION_VERBS["answer"].label, verbs.SUGGESTION_VERBS["answer"].inputs,
                          _answer_suggestion))

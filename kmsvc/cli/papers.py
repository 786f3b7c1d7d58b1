"""`kmsvc training papers …`: what exams ask. A paper is given as JSON, as to the API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, with_database
from kmsvc.cli.things import WHICH, id_of, loaded
from kmsvc.core.work import Work
from kmsvc.training.papers import queries, showing, usecases
from kmsvc.training.papers.models import PaperRow
from kmsvc.training.papers.permissions import SEE_PAPERS, WRITE_PAPER
from kmsvc.training.papers.rules import PaperState, PaperWay
from kmsvc.training.papers.schemas import (
    CheckInput,
    PaperInput,
    PickInput,
    asked_json,
    bank_ids,
    blueprint_in,
    check_json,
    draft_of,
    line_json,
    preview_json,
)


@click.group("papers")
def papers() -> None:
    """Papers: picked by hand, composed once, or composed for each person."""


def _line(line: queries.PaperLine) -> str:
    return f"{line.number} {line.way:6} {line.state:9} {line.questions:4} {line.total:>7} {line.title}"


def _put(work: Work, paper_id: int, as_json: bool) -> None:
    work.session.flush()
    row, line = queries.paper_row(work.session, paper_id, work.actor), queries.paper_line(work.session, paper_id)
    asked = queries.questions_asked(work.session, row)
    put(line_json(line) | {"seed": row.seed, "blueprint": row.blueprint, "asked": [asked_json(one) for one in asked]}, as_json=as_json,
        text="\n".join([f"{_line(line)} seed {row.seed}", *(f"{one.place:4} {one.number} {one.kind:12} {one.points:>6} {one.head}"
                                                            for one in asked)]))


@papers.command("list")
@click.option("--q", help="Number, title or what it is for.")
@click.option("--state", type=click.Choice([one.value for one in PaperState]))
@click.option("--way", type=click.Choice([one.value for one in PaperWay]))
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, state: str | None, way: str | None, limit: int, as_login: str | None,
            as_json: bool) -> None:
    """Papers, changed last first."""
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_PAPERS)
        lines, _ = queries.paper_lines(work.session, q=q, state=state, way=way, limit=limit)
    put({"items": [line_json(one) for one in lines]}, as_json=as_json, text="\n".join(_line(one) for one in lines))


@papers.command("show")
@WHICH
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One paper with its questions; never a key."""
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_PAPERS)
        _put(work, id_of(work, PaperRow, which), as_json)


def _from_file(path: Path) -> dict[str, Any]:
    import json

    from kmsvc.core.errors import InvalidInput
    from kmsvc.core.texts import N_, Filled
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput({"file": [Filled(N_("%(file)s is no readable JSON."), file=path.name)]}) from error
    if not isinstance(found, dict):
        raise InvalidInput({"file": [Filled(N_("%(file)s holds no JSON object."), file=path.name)]})
    return found


@papers.command("make")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@as_option
@json_option
@with_database
def make(db: Any, settings: Any, file: Path, as_login: str | None, as_json: bool) -> None:
    """Make a paper from a JSON file: title, way, cells, shares, banks, pass_percent, seed."""
    with db.begin(acting(db, as_login)) as work:
        row = usecases.make_paper(work, draft_of(loaded(PaperInput(), _from_file(file))))
        _put(work, row.id, as_json)


@papers.command("check")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@as_option
@json_option
@with_database
def check(db: Any, settings: Any, file: Path, as_login: str | None, as_json: bool) -> None:
    """Whether the banks can give a blueprint (JSON file), and exactly what they lack."""
    data = loaded(CheckInput(), _from_file(file))
    with db.look(acting(db, as_login)) as work:
        work.permit(WRITE_PAPER)
        found = queries.check(work.session, blueprint_in(data), bank_ids(data["banks"]))
        said = showing.sentences_of(found, queries.topic_names(work.session), lambda source, params: source % params)
    put(check_json(found, said), as_json=as_json, text="\n".join(said) or f"{found.blueprint.count} {found.blueprint.points}")


@papers.command("pick")
@WHICH
@click.argument("questions", nargs=-1, type=click.IntRange(1))
@as_option
@json_option
@with_database
def pick(db: Any, settings: Any, which: str, questions: tuple[int, ...], as_login: str | None, as_json: bool) -> None:
    """Set the questions of a paper picked by hand: ids in their order, each at its own points."""
    data = loaded(PickInput(), {"questions": [{"question_id": one} for one in questions]})
    with db.begin(acting(db, as_login)) as work:
        paper_id = id_of(work, PaperRow, which)
        usecases.pick(work, paper_id, [(one["question_id"], one["points"]) for one in data["questions"]])
        _put(work, paper_id, as_json)


@papers.command("compose")
@WHICH
@click.option("--seed", help="Left out: the one that stands.")
@as_option
@json_option
@with_database
def compose(db: Any, settings: Any, which: str, seed: str | None, as_login: str | None, as_json: bool) -> None:
    """Compose a fixed paper; the same seed and bank give the same again."""
    with db.begin(acting(db, as_login)) as work:
        paper_id = id_of(work, PaperRow, which)
        usecases.compose_fixed(work, paper_id, seed=seed)
        _put(work, paper_id, as_json)


@papers.command("preview")
@WHICH
@click.option("--seed", help="Left out: the one that stands.")
@as_option
@json_option
@with_database
def preview(db: Any, settings: Any, which: str, seed: str | None, as_login: str | None, as_json: bool) -> None:
    """The paper as three people would get it, with the difficulty of each."""
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_PAPERS)
        found = queries.preview(work.session, queries.paper_row(work.session, id_of(work, PaperRow, which), work.actor), seed=seed)
    put(preview_json(found), as_json=as_json, text="\n".join(
        f"{number}: {hard / 1000:.3f} {' '.join(one.number for one in its)}"
        for number, (its, hard) in enumerate(zip(found.papers, found.difficulty, strict=True), 1)))


def _turning(name: str, words: str) -> None:
    @papers.command(name.removesuffix("_paper"), help=words)
    @WHICH
    @as_option
    @json_option
    @with_database
    def turn(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
        with db.begin(acting(db, as_login)) as work:
            paper_id = id_of(work, PaperRow, which)
            _put(work, getattr(usecases, name)(work, paper_id).id, as_json)


for _name, _words in (("ready", "Exams may use it."), ("reopen", "Write on it again."), ("withdraw", "No exam may use it any more."),
                      ("copy_paper", "A new draft like it.")):
    _turning(_name, _words)

"""`kmsvc knowledge licences …` and `kmsvc knowledge proposals …`: who may write, and what was proposed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from kmsvc.cli.glue import (
    ROW_ID,
    Sentence,
    acting,
    as_option,
    checked,
    json_option,
    put,
    settle,
    with_database,
)
from kmsvc.cli.things import WHICH, id_of
from kmsvc.core.clock import local_date
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.licences.rules import Level, LicenceState
from kmsvc.knowledge.proposals.rules import ProposalKind, ProposalState

if TYPE_CHECKING:
    from kmsvc.knowledge.licences.models import Licence


@click.group()
def licences() -> None:
    """Who may propose, correct and publish beside the editors."""


@licences.command("list")
@click.option("--q", help="Part of a name.")
@click.option("--level", type=click.Choice([one.value for one in Level]), help="Only this level.")
@click.option("--state", type=click.Choice([one.value for one in LicenceState]), help="Only licences that stand like this.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, level: str | None, state: str | None, limit: int, as_login: str | None,
            as_json: bool) -> None:
    """Licences, newest first."""
    from kmsvc.knowledge.licences.queries import licence_page
    from kmsvc.knowledge.licences.schemas import licence_json

    with db.look(acting(db, as_login)) as work:
        lines, _ = licence_page(work.session, work.actor, local_date(work.now, settings.timezone), q=q, level=level, state=state,
                                limit=limit)
    put({"items": [licence_json(line) for line in lines]}, as_json=as_json, text="\n".join(
        f"{line.id:5} {line.level:12} {line.state:10} {line.valid_until} {line.person} {line.category or '*'}" for line in lines))


@licences.command("grant")
@click.argument("login")
@click.argument("level", type=click.Choice([one.value for one in Level]))
@click.option("--category", help="Only in this category.")
@click.option("--until", metavar="DATE", help="The last day; the centre's setting without it.")
@click.option("--reason", required=True, help="Stands in the audit trail, and the holder's page shows it.")
@as_option
@json_option
@with_database
def grant(db: Any, settings: Any, login: str, level: str, category: str | None, until: str | None, reason: str, as_login: str | None,
          as_json: bool) -> None:
    """Grant a licence; one that stands in the same place ends with it."""
    from kmsvc.knowledge.licences.schemas import GrantInput
    from kmsvc.knowledge.licences.usecases import grant_to

    data = checked(GrantInput(), {"person": login, "level": level, "category": category, "valid_until": until, "reason": reason})
    _do(db, settings, lambda work, today: grant_to(work, today=today, **data), as_login, as_json)


def _do(db: Any, settings: Any, act: Callable[[Work, date], Licence], as_login: str | None, as_json: bool) -> None:
    from kmsvc.knowledge.licences.queries import licence_line
    from kmsvc.knowledge.licences.schemas import licence_json

    actor = acting(db, as_login)
    with db.begin(actor) as work:
        licence_id = act(work, local_date(work.now, settings.timezone)).id
    settle(db, settings)
    with db.look(actor) as work:
        line = licence_line(work.session, work.actor, licence_id, local_date(work.now, settings.timezone))
    put(licence_json(line), as_json=as_json, text=f"{line.id} {line.person}: {line.level}, {line.state}, until {line.valid_until}")


@licences.command("proof")
@click.argument("login")
@as_option
@json_option
@with_database
def proof(db: Any, settings: Any, login: str, as_login: str | None, as_json: bool) -> None:
    """What is known of a person's texts, and what it speaks for. A person decides."""
    from kmsvc.core.permissions import require
    from kmsvc.knowledge.licences.api import proof_json
    from kmsvc.knowledge.licences.limits import limits_now
    from kmsvc.knowledge.licences.permissions import SEE_LICENCE
    from kmsvc.knowledge.licences.proof import proof_of, since_day
    from kmsvc.knowledge.licences.queries import licences_of
    from kmsvc.people.accounts.queries import person_by_login

    with db.look(acting(db, as_login)) as work:
        person = person_by_login(work.session, login)
        if person is None:
            raise Sentence(N_("There is no active account %(login)s."), login=login)
        require(work.actor, SEE_LICENCE, person.id)
        today = local_date(work.now, settings.timezone)
        found = proof_of(work.session, person.id, since_day(work.session, today), today)
        body = proof_json(found, licences_of(work.session, person.id, today), limits_now(work.session))
    put(body, as_json=as_json, text="\n".join([*(f"{name}: {value}" for name, value in body["figures"].items()),
                                               f"advice: {body['advice']}"]))


def _add(name: str, about: str) -> None:
    @licences.command(name, help=about)
    @click.argument("licence_id", type=ROW_ID)
    @click.option("--reason", required=True, help="Stands in the audit trail.")
    @as_option
    @json_option
    @with_database
    def command(db: Any, settings: Any, licence_id: int, reason: str, as_login: str | None, as_json: bool) -> None:
        from kmsvc.knowledge.licences.schemas import LicenceReason
        from kmsvc.knowledge.licences.usecases import VERBS

        data = checked(LicenceReason(), {"reason": reason})
        _do(db, settings, lambda work, today: VERBS[name](work, licence_id, **data), as_login, as_json)


_add("suspend", "Let a licence rest.")
_add("resume", "A suspended licence gives again what it gave.")
_add("end", "Take a licence away; its row stays.")


@click.group()
def proposals() -> None:
    """Articles and corrections by who holds a licence."""


@proposals.command("list")
@click.option("--q", help="Part of a number or title.")
@click.option("--view", type=click.Choice(["mine", "waiting"]), help="One's own, or those one decides on.")
@click.option("--state", type=click.Choice([one.value for one in ProposalState]), help="Only those that stand like this.")
@click.option("--kind", type=click.Choice([one.value for one in ProposalKind]), help="Only new articles, or corrections.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@as_option
@json_option
@with_database
def proposed(db: Any, settings: Any, q: str | None, view: str | None, state: str | None, kind: str | None, limit: int,
             as_login: str | None, as_json: bool) -> None:
    """Proposals, newest first."""
    from kmsvc.knowledge.proposals.queries import proposal_page
    from kmsvc.knowledge.proposals.schemas import line_json

    with db.look(acting(db, as_login)) as work:
        lines, _ = proposal_page(work.session, work.actor, local_date(work.now, settings.timezone), q=q, view=view, state=state,
                                 kind=kind, limit=limit)
    put({"items": [line_json(line) for line in lines]}, as_json=as_json, text="\n".join(
        f"{line.number} {line.state:10} {line.due_on} {line.author}: {line.title}" for line in lines))


@proposals.command("correct")
@click.argument("number")
@click.argument("text", type=click.File("r", encoding="utf-8"))
@click.option("--note", required=True, help="What was wrong.")
@click.option("--at-once", is_flag=True, help="Publish a small correction now.")
@click.option("--as", "as_login", metavar="LOGIN", required=True, help="Who corrects it.")
@json_option
@with_database
def correct(db: Any, settings: Any, number: str, text: Any, note: str, at_once: bool, as_login: str, as_json: bool) -> None:
    """Hand in another wording of an article's text, from a file or - for stdin."""
    from kmsvc.knowledge.articles.lists import article_numbered
    from kmsvc.knowledge.articles.queries import readable_version
    from kmsvc.knowledge.proposals.queries import lines_of
    from kmsvc.knowledge.proposals.schemas import ProposeCorrection, line_json
    from kmsvc.knowledge.proposals.usecases import propose_correction

    with db.begin(acting(db, as_login)) as work:
        article_id = article_numbered(work.session, work.actor, number)
        if article_id is None:
            raise Sentence(N_("There is no article with this number."))
        face = readable_version(work.session, work.actor, article_id)[1]
        data = checked(ProposeCorrection(), {"title": face.title, "summary": face.summary or None, "body": text.read(),
                                         "base_version_id": face.id, "note": note, "at_once": at_once})
        row = propose_correction(work, article_id, today=local_date(work.now, settings.timezone),
                                 **{**data, "summary": data["summary"] or ""})
        line = lines_of(work.session, [row])[0]
    settle(db, settings)
    put(line_json(line), as_json=as_json, text=f"{line.number}: {line.state}")


def _verb(name: str, *, reason: bool, about: str) -> None:
    @proposals.command(name.replace("_", "-"), help=about)
    @WHICH
    @click.option("--answer", required=reason, help="A word to its author.")
    @as_option
    @json_option
    @with_database
    def command(db: Any, settings: Any, which: str, answer: str | None, as_login: str | None, as_json: bool) -> None:
        from kmsvc.knowledge.proposals.models import Proposal
        from kmsvc.knowledge.proposals.queries import lines_of
        from kmsvc.knowledge.proposals.schemas import line_json
        from kmsvc.knowledge.proposals.verbs import ACTS

        act = ACTS[name]
        data = checked(act.schema(), {} if name == "withdraw" else {"answer": answer})
        with db.begin(acting(db, as_login)) as work:
            row = act.run(work, id_of(work, Proposal, which), data, local_date(work.now, settings.timezone), None)
            line = lines_of(work.session, [row])[0]
        settle(db, settings)
        put(line_json(line), as_json=as_json, text=f"{line.number}: {line.state}")


_verb("publish", reason=False, about="Let readers see it as it is.")
_verb("return", reason=True, about="Return it to its author with a reason.")
_verb("see", reason=False, about="A correction in force was looked at and stays.")
_verb("take_back", reason=True, about="Readers see the text before a correction again.")
_verb("withdraw", reason=False, about="Take the own proposal back.")

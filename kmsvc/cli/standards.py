"""`kmsvc standards …`: what the standards ask for, how the centre stands to them, duties and their dates."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import click

from kmsvc.cli import standards_duties
from kmsvc.cli.glue import PartFailed, Sentence, acting, json_option, put, say, settle, with_database
from kmsvc.cli.standards_answers import answers
from kmsvc.cli.standards_assessments_rounds import assessments
from kmsvc.cli.standards_audits import audits, findings, programmes
from kmsvc.cli.standards_evidence import evidence
from kmsvc.cli.standards_improvements import improvements
from kmsvc.cli.standards_models import models
from kmsvc.cli.standards_rooms import rooms
from kmsvc.core.texts import N_

DAY = click.DateTime(["%Y-%m-%d"])


def day(given: datetime | None) -> date | None:
    """A day of the command line."""
    return given.date() if given else None


@click.group()
def standards() -> None:
    """What the standards ask for, how the centre stands to them, duties and their dates."""


standards.add_command(models)
standards.add_command(assessments)
standards.add_command(answers)
standards.add_command(improvements)
standards.add_command(evidence)
standards.add_command(audits)
standards.add_command(programmes)
standards.add_command(findings)
standards.add_command(rooms)


@standards.group()
def duties() -> None:
    """What the standard and the centre ask for, by day."""


@duties.command("run")
@click.option("--as-of", type=DAY, required=True, help="The day to compute for, e.g. 2027-01-31.")
@json_option
@with_database
def run(db: Any, settings: Any, as_of: datetime, as_json: bool) -> None:
    """Make the duties that are missing and send the reminders of a day, as the worker does; twice changes nothing."""
    from kmsvc.core.leases import wait_turn
    from kmsvc.operations.failures import note_failures
    from kmsvc.standards.duties.usecases import run_duties
    from kmsvc.training.certificates.following import follow_asked

    with db.begin(acting(db, None)) as work:
        wait_turn(work.session, "duties")
        follow_asked(work, as_of.date())
        done = run_duties(work, as_of.date())
        note_failures(work, "duties", done.failed)
    settle(db, settings)
    put({"as_of": as_of.date(), "made": done.made, "reminders": done.reminders,
         "failed": [{"subject": subject, "reason": reason} for subject, reason in done.failed.items()]}, as_json=as_json,
        text=f"{done.made} duties made, {done.reminders} reminders.")
    for subject, reason in done.failed.items():
        say(f"{subject}: {reason}")
    if done.failed:
        raise PartFailed()


@duties.command("list")
@click.option("--from", "earliest", type=DAY, help="Due on or after this day.")
@click.option("--to", "latest", type=DAY, help="Due on or before this day.")
@json_option
@with_database
def listing(db: Any, settings: Any, earliest: datetime | None, latest: datetime | None, as_json: bool) -> None:
    """Duties by due day, with owner and state."""
    from kmsvc.standards.duties.queries import duty_lines

    if earliest and latest and latest < earliest:
        raise Sentence(N_("The days run from %(first)s back to %(last)s; nothing can fall due between them."),
                       first=earliest.date(), last=latest.date())
    with db.look(acting(db, None)) as work:
        lines = duty_lines(work.session, work.actor, earliest=day(earliest), latest=day(latest))
    put({"items": [asdict(line) for line in lines]}, as_json=as_json, text="\n".join(
        f"{line.due_on}  {line.state:5} {line.clause or '-':5} {line.subject:10} {line.duty:20} {line.owner or '-'}"
        for line in lines) or "No duties.")


standards_duties.add_to(duties)

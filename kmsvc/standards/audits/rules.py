"""Rules of audits: their states, who may not audit what, when a finding may be closed. Pure. Source: E9, E10, E11, E18."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, timedelta

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.texts import N_, Filled, Labelled

FINDING, ENGAGEMENT = "audit_finding", "audit_engagement"
LONGEST = {"title": 200, "text": 4_000, "reason": 500, "scope": 2_000}
EFFECT_DAYS = 60
"""after the proof was verified, the effect is looked at this many days later unless another day is said"""
MOST_SAMPLED = 200
SUBJECTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("system", N_("Audit of the management system"), ("8",)),
    ("information", N_("Audit of the information systems"), ("17", "19")),
    ("security", N_("Audit of security"), ("27", "35")),
    ("knowledge", N_("Audit of knowledge"), ("61",)),
    ("process", N_("Audit of the process system"), ("42",)),
    ("performance", N_("Audit of the performance system"), ("108", "114")),
)
"""What is audited every year: code, title, clauses. Source: domain section 10.4."""


class ProgrammeState(Labelled):
    """Where the programme of a year stands."""

    DRAFT = "draft", N_("Draft")
    APPROVED = "approved", N_("Approved")
    ACTIVE = "active", N_("Under way")
    COMPLETED = "completed", N_("Completed")


class EngagementState(Labelled):
    """Where an audit stands. It may be finished while something about its findings is still done."""

    PLANNED = "planned", N_("Audit planned")
    RUNNING = "running", N_("Being audited")
    REVIEW = "review", N_("Being looked through")
    DONE = "done", N_("Finished")
    DROPPED = "dropped", N_("Dropped")


class CheckResult(Labelled):
    """What an auditor found of a point of the checklist."""

    CONFORMS = "conforms", N_("Conforms")
    PARTLY = "partly", N_("Conforms in part")
    FAILS = "fails", N_("Does not conform")
    UNSEEN = "unseen", N_("Could not be seen")


class NoteKind(Labelled):
    """How an auditor came to know. Source: E18."""

    INTERVIEW = "interview", N_("Interview")
    DOCUMENT = "document", N_("Document")
    OBSERVATION = "observation", N_("Observation")


class Grade(Labelled):
    """How heavy a finding is."""

    MAJOR = "major", N_("Major")
    MINOR = "minor", N_("Minor")
    HINT = "hint", N_("Hint to improve")


class FindingState(Labelled):
    """Where a finding stands; from `published` on its words are frozen."""

    DRAFT = "draft", N_("Draft")
    PUBLISHED = "published", N_("Waits for a response")
    ANSWERED = "answered", N_("Waits for an action")
    PROPOSED = "proposed", N_("Waits for both sides")
    AGREED = "agreed", N_("Action agreed")
    ACTED = "acted", N_("Waits for verification")
    VERIFIED = "verified", N_("Effect is watched")
    EFFECTIVE = "effective", N_("Can be closed")
    CLOSED = "closed", N_("Closed")
    WITHDRAWN = "withdrawn", N_("Withdrawn")


OPEN_STATES = frozenset({one.value for one in FindingState} - {"draft", "closed", "withdrawn"})
PUBLIC_STATES = frozenset({one.value for one in FindingState} - {"draft"})


class Side(Labelled):
    """For whom somebody speaks about a finding."""

    AUDIT = "audit", N_("The auditors")
    HOUSE = "house", N_("The audited side")


def check_independence(people: Mapping[int, str], answerable_id: int | None, owners: Mapping[int, str], units: Mapping[int, str]
                       ) -> None:
    """RuleBroken when somebody would audit what they answer for or work in. people: id -> name of lead and auditors; owners: id -> what
    of its clauses they own; units: id -> the audited unit they belong to. Source: E18."""
    code = "standards.audit.not_independent"
    for person_id, name in people.items():
        if person_id == answerable_id:
            raise RuleBroken(code, N_("%(name)s answers for what is audited and cannot audit it."), name=name)
        if person_id in owners:
            raise RuleBroken(code, N_("%(name)s owns %(what)s of this audit and cannot audit it."), name=name, what=owners[person_id])
        if person_id in units:
            raise RuleBroken(code, N_("%(name)s works in %(unit)s, which is audited, and cannot audit it."), name=name,
                             unit=units[person_id])


def check_days(starts_on: date, ends_on: date) -> None:
    """RuleBroken unless the days stand in order and are not years apart."""
    if not timedelta(0) <= ends_on - starts_on <= timedelta(days=366):
        raise RuleBroken("standards.audit.days", N_("An audit ends on or after the day it begins, and within a year."))


def check_year(year: int, starts_on: date) -> None:
    """InvalidInput where an audit does not begin in the year of its programme."""
    if starts_on.year != year:
        raise InvalidInput({"starts_on": [Filled(N_("The programme is that of %(year)s: its audits begin in that year."), year=year)]})


def whys_of(root_cause: str | None) -> dict[str, str]:
    """The reasons that were given, as the form asks for them one by one."""
    said = re.findall(r"^\d\. (.*)$", root_cause or "", flags=re.MULTILINE)
    return {f"default:why{no}": one for no, one in enumerate(said[:5], start=1)}


def agreed_by(state: str, by_audit: bool, by_house: bool) -> str:
    """The state of a finding whose action these sides have accepted: both are needed."""
    return FindingState.AGREED.value if by_audit and by_house else state


def check_finishable(results: Collection[str | None], drafts: int) -> None:
    """RuleBroken while a point of the checklist has no result or a finding is a draft."""
    missing = sum(one is None for one in results)
    if missing:
        raise RuleBroken("standards.audit.unchecked", N_("%(count)s points of the checklist have no result yet."), count=missing)
    if drafts:
        raise RuleBroken("standards.audit.drafts", N_("%(count)s findings are drafts: publish or drop them first."), count=drafts)

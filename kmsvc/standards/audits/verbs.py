"""Each act on a programme, an audit and a finding, with its inputs and use case: behind buttons, `allowed`, routes and commands."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from kmsvc.core import forms
from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotPermitted
from kmsvc.core.forms import Input
from kmsvc.core.i18n import is_chinese
from kmsvc.core.offers import Offer, offer, schema_of
from kmsvc.core.permissions import can
from kmsvc.core.schemas import InputSchema
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.people.units.queries import open_units
from kmsvc.standards.audits import auditing, findings, planning, undoing
from kmsvc.standards.audits.findings import Answerers, newest_action
from kmsvc.standards.audits.models import AuditProgramme, CheckPoint, Engagement, Finding
from kmsvc.standards.audits.permissions import (
    ANSWER_FINDING,
    APPROVE_PROGRAMME,
    DO_ENGAGEMENT,
    LEAD_ENGAGEMENT,
    PLAN_AUDITS,
)
from kmsvc.standards.audits.rules import (
    EFFECT_DAYS,
    LONGEST,
    CheckResult,
    EngagementState,
    FindingState,
    Grade,
    ProgrammeState,
    Side,
    whys_of,
)

P, A, F = ProgrammeState, EngagementState, FindingState
YES, NO = "yes", "no"
REASON = Input("reason", "line", N_("Reason"), required=True, most=LONGEST["reason"])
Run = Callable[[Work, int, dict[str, Any], date, int | None], Any]


@dataclass(frozen=True)
class AuditAct:
    """An act. who: `plan`, `approve`, `lead`, `auditor`, `house`, `both` (lead or audited side); states: where it makes sense; said:
    what the page says afterwards; ask, warn: the question and the sentence before; on: the thing it is about."""

    name: str
    label: str
    who: str
    run: Run
    inputs: tuple[Input, ...]
    states: frozenset[str]
    said: str
    ask: str = ""
    warn: str = ""
    back: bool = False
    forward: bool = False
    icon: str = "check"
    on: str = "Programme"
    signs: bool = False

    def schema(self) -> type[InputSchema]:
        """The marshmallow schema of the API route and the form."""
        return schema_of(self.inputs, f"Audit{self.on}{self.name.title().replace('_', '')}")


def _states(*held: Any) -> frozenset[str]:
    return frozenset(one.value for one in held)


_PROGRAMME = (
    AuditAct("write", N_("Change its words"), "plan", lambda work, one, data, today, version: planning.write_programme(
        work, one, title=data["title"], goals=data["goals"], version=version), (
        Input("title", "line", N_("Title"), required=True, most=LONGEST["title"]),
        Input("goals", "text", N_("What it is for"), most=LONGEST["text"])), _states(P.DRAFT, P.APPROVED), N_("Kept."),
        N_("What is the programme called, and what is it for?"), N_("Other words have to be approved again."), icon="pen"),
    AuditAct("approve", N_("Approve the programme"), "approve", lambda work, one, data, today, version: planning.approve_programme(
        work, one, version=version), (), _states(P.DRAFT), N_("Approved."), N_("Approve the audits of the year?"), forward=True,
        icon="shield"),
    AuditAct("take_back", N_("Back to draft"), "plan", lambda work, one, data, today, version: undoing.take_back_programme(
        work, one, reason=data["reason"], version=version), (REASON,), _states(P.APPROVED, P.ACTIVE),
        N_("A draft again: it is approved anew."), N_("Make the programme a draft again?"),
        N_("This works until the first of its audits has begun."), back=True, icon="swap"),
    AuditAct("discard", N_("Throw the draft away"), "plan", lambda work, one, data, today, version: undoing.discard_programme(
        work, one, version=version), (), _states(P.DRAFT), N_("The draft is gone."), N_("Throw this draft away, with its audits?"),
        N_("None of them has begun. The programme of the year can be drafted anew."), back=True, icon="x"),
    AuditAct("activate", N_("Put it into action"), "plan", lambda work, one, data, today, version: planning.activate_programme(
        work, one, version=version), (), _states(P.APPROVED), N_("Under way: its audits can begin."), forward=True, icon="play"),
    AuditAct("complete", N_("Complete the year"), "plan", lambda work, one, data, today, version: planning.complete_programme(
        work, one, conclusion=data["conclusion"], version=version),
        (Input("conclusion", "text", N_("Conclusion"), required=True, most=LONGEST["text"]),), _states(P.ACTIVE),
        N_("Completed. It can be gone on with."), N_("What has the year shown?"),
        N_("Every audit is finished or dropped; findings may still be worked on."), forward=True, icon="check"),
    AuditAct("resume", N_("Go on with it"), "plan", lambda work, one, data, today, version: planning.resume_programme(
        work, one, reason=data["reason"], version=version), (REASON,), _states(P.COMPLETED), N_("Under way again."),
        N_("Go on with the completed programme?"), back=True, icon="swap"),
)


def _staff(work: Work, one: int, data: dict[str, Any], today: date, version: int | None) -> Any:
    return planning.staff(work, one, planning.Staffing(
        data["lead"], [held for held in (data["second"], data["third"]) if held], data["answerable"], data["starts_on"], data["ends_on"],
        data["unit"], data["scope"]), version)


def _draft(work: Work, one: int, data: dict[str, Any], today: date, version: int | None) -> Any:
    return findings.draft_finding(work, one, clause=data["clause"], grade=data["grade"], title=data["title"], text=data["text"],
                                  respondent=data["respondent"], point=data["point"])


def _sample(work: Work, one: int, data: dict[str, Any], today: date, version: int | None) -> Any:
    row = work.get(Engagement, one)
    made = auditing.draw_sample(
        work, one, clause=data["clause"], size=data["size"], first=data["first"] or date(row.starts_on.year, 1, 1),
        last=data["last"] or date(row.starts_on.year, 12, 31), today=today, zone=work.session.info["zone"], seed=data["seed"])
    return {"size": str(len(made.rows)), "population": str(made.population), "seed": made.seed}


_ENGAGEMENT = (
    AuditAct("staff", N_("Say who audits, and when"), "plan", _staff, (
        Input("lead", "choice", N_("Lead"), required=True, choices="auditors"),
        Input("second", "choice", N_("Second auditor"), choices="auditors"),
        Input("third", "choice", N_("Third auditor"), choices="auditors"),
        Input("answerable", "choice", N_("Who answers for what is audited"), required=True, choices="people"),
        Input("unit", "choice", N_("Audited unit"), choices="units", hint=N_("Nobody audits the unit they work in.")),
        Input("starts_on", "date", N_("From"), required=True), Input("ends_on", "date", N_("To"), required=True),
        Input("scope", "text", N_("Scope"), most=LONGEST["scope"])), _states(A.PLANNED, A.RUNNING, A.REVIEW),
        N_("Kept. Whoever is new in it hears of it."), N_("Who audits what?"), N_("Nobody audits what they own or work in."),
        icon="users"),
    AuditAct("start", N_("Begin the audit"), "lead",
             lambda work, one, data, today, version: auditing.start(work, one, version=version), (),
             _states(A.PLANNED), N_("Begun. Go through the checklist."), forward=True, icon="play"),
    AuditAct("draw", N_("Draw a sample"), "auditor", _sample, (
        Input("clause", "choice", N_("Clause"), required=True, choices="clauses"),
        Input("size", "whole", N_("How many records"), required=True, default=8),
        Input("first", "date", N_("Records from")), Input("last", "date", N_("Records to")),
        Input("seed", "line", N_("Seed of the sample"), most=40, hint=N_("Left empty: drawn. The same seed draws the same records."))),
        _states(A.RUNNING, A.REVIEW), N_("%(size)s of %(population)s drawn with the seed %(seed)s; the list stays as it is."),
        N_("Draw from which records?"), icon="swap"),
    AuditAct("draft", N_("Write a finding"), "auditor", _draft, (
        Input("clause", "choice", N_("Clause"), required=True, choices="clauses"),
        Input("grade", "choice", N_("How grave"), required=True, choices="grades"),
        Input("title", "line", N_("Title"), required=True, most=LONGEST["title"]),
        Input("text", "text", N_("What was asked for, what was seen"), required=True, most=LONGEST["text"]),
        Input("respondent", "choice", N_("Who answers"), choices="people", hint=N_("Left empty: who answers for what is audited.")),
        Input("point", "choice", N_("Point of the checklist"), choices="points")),
        _states(A.RUNNING, A.REVIEW), N_("Kept as a draft; only the auditors see it until it is published."), N_("What was found?"),
        icon="plus"),
    AuditAct("to_review", N_("Everything is looked at"), "lead", lambda work, one, data, today, version: auditing.to_review(
        work, one, version=version), (), _states(A.RUNNING), N_("Look through it and finish it."), forward=True, icon="eye"),
    AuditAct("finish", N_("Finish the audit"), "lead", lambda work, one, data, today, version: auditing.finish(
        work, one, conclusion=data["conclusion"], today=today, version=version),
        (Input("conclusion", "text", N_("Conclusion"), required=True, most=LONGEST["text"]),), _states(A.REVIEW),
        N_("Finished. The report is archived, the duties of its clauses are done."), N_("What has the audit shown?"),
        N_("The report is written and frozen; findings may still be worked on."), forward=True, icon="shield"),
    AuditAct("back_to_work", N_("Audit on"), "lead", lambda work, one, data, today, version: auditing.back_to_work(
        work, one, reason=data["reason"], version=version), (REASON,), _states(A.REVIEW, A.DONE),
        N_("Being audited again; an earlier report stays."), N_("Take the audit up again?"), back=True, icon="swap"),
    AuditAct("drop", N_("Leave it out"), "plan", lambda work, one, data, today, version: undoing.drop_engagement(
        work, one, reason=data["reason"], version=version), (REASON,), _states(A.PLANNED, A.RUNNING, A.REVIEW),
        N_("Dropped. It can be taken up again."), N_("Leave this audit out of the year?"), N_("It stays to be read."), back=True,
        icon="x"),
    AuditAct("take_up", N_("Take it up again"), "plan", lambda work, one, data, today, version: undoing.take_up_engagement(
        work, one, version=version), (), _states(A.DROPPED), N_("Planned again."), icon="swap"),
)
_PUBLIC = _states(F.PUBLISHED, F.ANSWERED, F.PROPOSED, F.AGREED, F.ACTED, F.VERIFIED, F.EFFECTIVE)


def _respond(work: Work, one: int, data: dict[str, Any], today: date, version: int | None) -> Any:
    return findings.respond(work, one, whys=[data[f"why{no}"] for no in range(1, 6)], containment=data["containment"], today=today,
                            version=version)


def _propose(work: Work, one: int, data: dict[str, Any], today: date, version: int | None) -> Any:
    return findings.propose(work, one, correction=data["correction"], prevention=data["prevention"], owner=data["owner"],
                            due_on=data["due_on"], today=today, version=version)


_FINDING = (
    AuditAct("write", N_("Change the draft"), "auditor", lambda work, one, data, today, version: findings.write_finding(
        work, one, clause=data["clause"], grade=data["grade"], title=data["title"], text=data["text"], respondent=data["respondent"],
        version=version), (
        Input("clause", "choice", N_("Clause"), required=True, choices="clauses"),
        Input("grade", "choice", N_("How grave"), required=True, choices="grades"),
        Input("title", "line", N_("Title"), required=True, most=LONGEST["title"]),
        Input("text", "text", N_("What was asked for, what was seen"), required=True, most=LONGEST["text"]),
        Input("respondent", "choice", N_("Who answers"), required=True, choices="people")), _states(F.DRAFT), N_("Kept."),
        N_("What was found?"), icon="pen"),
    AuditAct("discard", N_("Throw the draft away"), "auditor", lambda work, one, data, today, version: findings.drop_finding(
        work, one, version=version), (), _states(F.DRAFT), N_("The draft is gone."), N_("Throw this draft away?"),
        N_("Nobody but the auditors has seen it."), back=True, icon="x"),
    AuditAct("publish", N_("Publish it"), "lead", lambda work, one, data, today, version: findings.publish(
        work, one, today=today, version=version), (), _states(F.DRAFT), N_("Published: it has its number, and its words are frozen."),
        N_("Publish this finding?"), N_("Its words are frozen; a correction is a new revision beside it. The audited side hears of it."),
        forward=True, icon="shield"),
    AuditAct("respond", N_("Respond"), "house", _respond, (
        Input("containment", "text", N_("What was done at once"), required=True, most=LONGEST["text"]),
        Input("why1", "line", N_("Why did it come to this?"), required=True, most=500), *(
            Input(f"why{no}", "line", N_("And why that?"), most=500) for no in range(2, 6))),
        _states(F.PUBLISHED, F.ANSWERED, F.PROPOSED), N_("Answered. Now agree what is to be done."), N_("How did it come to this?"),
        forward=True, icon="msg"),
    AuditAct("propose", N_("Propose an action"), "both", _propose, (
        Input("correction", "text", N_("What is put right"), required=True, most=LONGEST["text"]),
        Input("prevention", "text", N_("What keeps it from coming again"), most=LONGEST["text"]),
        Input("owner", "choice", N_("Who does it"), required=True, choices="people"),
        Input("due_on", "date", N_("To be done by"), required=True)), _states(F.ANSWERED, F.PROPOSED, F.AGREED),
        N_("Proposed. The other side is asked."), N_("What is done, by whom, by when?"),
        N_("Any other text, person or day asks both sides again."), forward=True, icon="plus"),
    AuditAct("agree", N_("Accept the action"), "both", lambda work, one, data, today, version: findings.agree(
        work, one, today=today, action_no=data["action_no"], version=version),
        (Input("action_no", "const", N_("Action that was read")),), _states(F.PROPOSED), N_("Accepted for your side."),
        N_("Accept what is proposed?"), forward=True),
    AuditAct("act", N_("It is done"), "house", lambda work, one, data, today, version: findings.act(
        work, one, proof=data["proof"], records=data["records"], done_on=data["done_on"] or today, today=today, version=version), (
        Input("proof", "text", N_("What shows it"), most=LONGEST["text"]),
        Input("records", "line", N_("Records that show it"), most=500,
              hint=N_("Numbers like P-004, or addresses, with commas between.")),
        Input("done_on", "date", N_("Done on"), default="today", past_only=True)), _states(F.AGREED),
        N_("Noted. An auditor verifies it."), N_("What shows that it is done?"),
        N_("Files that were added to the finding count too; nobody takes away what was shown."), forward=True),
    AuditAct("verify", N_("Verify it"), "auditor", lambda work, one, data, today, version: findings.verify(
        work, one, note=data["note"], effect_on=data["effect_on"], today=today, version=version), (
        Input("note", "text", N_("How it was verified"), required=True, most=LONGEST["text"]),
        Input("effect_on", "date", N_("Look at the effect on"))), _states(F.ACTED), N_("Verified. Its effect is looked at later."),
        N_("How do you know that it is done?"), forward=True, icon="shield"),
    AuditAct("send_back", N_("Not enough"), "auditor", lambda work, one, data, today, version: findings.send_back(
        work, one, reason=data["reason"], today=today, version=version), (REASON,), _states(F.ACTED), N_("Sent back, with your reason."),
        N_("What is missing?"), back=True, icon="swap"),
    AuditAct("effect", N_("Look at the effect"), "auditor", lambda work, one, data, today, version: findings.effect(
        work, one, holds=data["holds"] == YES, note=data["note"], today=today, version=version), (
        Input("holds", "choice", N_("It has not come again"), required=True, choices="answers"),
        Input("note", "text", N_("What was looked at"), required=True, most=LONGEST["text"])), _states(F.VERIFIED), N_("Noted."),
        N_("Has it helped?"), N_("Where it has come again, another action is needed."), forward=True, icon="eye"),
    AuditAct("close", N_("Close the finding"), "lead", lambda work, one, data, today, version: findings.close(
        work, one, justification=data["justification"], today=today, version=version),
        (Input("justification", "text", N_("Justification"), required=True, most=LONGEST["text"]),), _states(F.EFFECTIVE),
        N_("Closed. It can be opened again."), N_("Why can it be closed?"), forward=True, icon="check"),
    AuditAct("correct", N_("Correct it"), "lead", lambda work, one, data, today, version: findings.correct(
        work, one, grade=data["grade"], title=data["title"], text=data["text"], reason=data["reason"], today=today, version=version), (
        Input("grade", "choice", N_("How grave"), required=True, choices="grades"),
        Input("title", "line", N_("Title"), required=True, most=LONGEST["title"]),
        Input("text", "text", N_("What was asked for, what was seen"), required=True, most=LONGEST["text"]), REASON), _PUBLIC,
        N_("Corrected: the next revision counts, the earlier ones stay in sight."), N_("What is right?"), icon="pen"),
    AuditAct("withdraw", N_("Withdraw it"), "lead", lambda work, one, data, today, version: findings.withdraw(
        work, one, reason=data["reason"], today=today, version=version), (REASON,), _PUBLIC, N_("Withdrawn. It stays to be read."),
        N_("Withdraw this finding?"), back=True, icon="x"),
    AuditAct("restore", N_("It counts again"), "lead", lambda work, one, data, today, version: findings.restore(
        work, one, reason=data["reason"], today=today, version=version), (REASON,), _states(F.WITHDRAWN), N_("It counts again."),
        N_("Let the finding count again?"), icon="swap"),
    AuditAct("reopen", N_("Open it again"), "lead", lambda work, one, data, today, version: findings.reopen(
        work, one, reason=data["reason"], today=today, version=version), (REASON,), _states(F.CLOSED),
        N_("Open again: it waits for an action."), N_("Has it come again?"), back=True, icon="swap"),
)
PROGRAMME_VERBS: dict[str, AuditAct] = {one.name: one for one in _PROGRAMME}
ENGAGEMENT_VERBS: dict[str, AuditAct] = {one.name: replace(one, on="Engagement") for one in _ENGAGEMENT}
FINDING_VERBS: dict[str, AuditAct] = {one.name: replace(one, on="Finding") for one in _FINDING}


def _people(work: Work) -> list[tuple[int, str]]:
    return [(one.id, f"{one.name} {one.login}".strip()) for one in directory(work.session).active() if one.logins]


def _may(work: Work, who: str, row: Any, audit: Engagement | None, answerers: Answerers | None = None) -> bool:
    """Whether this caller is one of those an act is for."""
    if who in ("plan", "approve"):
        return can(work.actor, PLAN_AUDITS if who == "plan" else APPROVE_PROGRAMME, row)
    lead = can(work.actor, LEAD_ENGAGEMENT, audit)
    if who == "lead":
        return lead
    if who == "auditor":
        return can(work.actor, DO_ENGAGEMENT, audit)
    return (who == "both" and lead) or can(work.actor, ANSWER_FINDING, answerers or Answerers())


def programme_offers(work: Work, row: AuditProgramme, today: date) -> tuple[Offer, ...]:
    """What this caller may do with a programme now."""
    now = {"default:title": row.title, "default:goals": row.goals}
    own = work.actor.person_id is not None and work.actor.person_id in planning.writers_of(work, row)
    return _offered(PROGRAMME_VERBS, row.state, now, today,
                    lambda verb: _may(work, verb.who, row, None) and not (verb.name == "approve" and own))


def engagement_moment(work: Work, row: Engagement) -> dict[str, Any]:
    """What can be chosen now, and what stands now as the default."""
    people = _people(work)
    allowed = {one.id for one in directory(work.session).active() if DO_ENGAGEMENT.name in one.permissions}
    audits = {row.lead_id, *row.auditors}
    second, third = ([*row.auditors, None, None])[:2]
    return {"people": [one for one in people if one[0] not in audits] or people,
            "auditors": [one for one in people if one[0] in allowed], "units": [(one.id, one.name) for one in open_units(work.session)],
            "clauses": [(one, f"#{one}") for one in row.clauses], "grades": [(one.value, one.label) for one in Grade],
            "default:lead": row.lead_id, "default:second": second, "default:third": third, "default:answerable": row.answerable_id,
            "default:unit": row.unit_id,
            "points": [(one.id, f"#{one.clause} {one.text['zh' if is_chinese() else 'en']}")
                       for one in auditing.points_of(work, row.id)],
            "default:starts_on": row.starts_on, "default:ends_on": row.ends_on, "default:scope": row.scope}


def engagement_offers(work: Work, row: Engagement, today: date, about: int | None = None) -> tuple[Offer, ...]:
    """What this caller may do with an audit now. about: the point of the checklist that a finding is written of."""
    now = engagement_moment(work, row)
    point = work.session.get(CheckPoint, about) if about is not None else None
    if point is not None and point.engagement_id == row.id:
        now |= {"default:point": point.id, "default:clause": point.clause, "default:text": point.note,
                "default:grade": (Grade.MAJOR if point.result == CheckResult.FAILS else Grade.MINOR).value}
    return _offered(ENGAGEMENT_VERBS, row.state, now, today, lambda verb: _may(work, verb.who, row, row))


def finding_moment(work: Work, finding: Finding, audit: Engagement, today: date) -> dict[str, Any]:
    """What can be chosen now, and what stands now as the default."""
    action = newest_action(work, finding.id)
    audits = {audit.lead_id, *audit.auditors}
    return {"people": [one for one in _people(work) if one[0] not in audits], "clauses": [(one, f"#{one}") for one in audit.clauses],
            "grades": [(one.value, one.label) for one in Grade], "answers": [(YES, N_("Yes")), (NO, N_("No"))],
            **{f"default:{name}": getattr(finding, name) for name in ("clause", "grade", "title", "text", "containment")},
            "default:respondent": finding.respondent_id, "default:owner": action.owner_id if action else finding.respondent_id,
            "default:due_on": action.due_on if action else today + timedelta(days=30),
            "action_no": action.no if action else 0, **whys_of(finding.root_cause),
            "default:correction": action.correction if action else None, "default:prevention": action.prevention if action else None,
            "default:effect_on": today + timedelta(days=EFFECT_DAYS)}


def checks(actor: Actor, row: Engagement) -> bool:
    """Whether this caller may judge points of the audit now."""
    return can(actor, DO_ENGAGEMENT, row) and row.state in (EngagementState.RUNNING, EngagementState.REVIEW)


def finding_offers(work: Work, finding: Finding, today: date) -> tuple[Offer, ...]:
    """What this caller may do with a finding now."""
    audit, action = work.get(Engagement, finding.engagement_id), newest_action(work, finding.id)
    answerers = Answerers(finding.respondent_id, action.owner_id if action else None)
    side = Side.AUDIT if audit.lead_id == work.actor.person_id else Side.HOUSE

    def fits(verb: AuditAct) -> bool:
        if verb.name == "agree" and (action is None or (action.audit_at if side is Side.AUDIT else action.house_at) is not None):
            return False
        if verb.name == "verify" and action is not None and action.done_by_id == work.actor.person_id:
            return False
        return _may(work, verb.who, finding, audit, answerers)
    return _offered(FINDING_VERBS, finding.state, finding_moment(work, finding, audit, today), today, fits)


def _offered(table: dict[str, AuditAct], state: str, now: dict[str, Any], today: date, fits: Callable[[AuditAct], bool]
             ) -> tuple[Offer, ...]:
    found = (offer(verb.name, verb.label, verb.inputs, now, today, forward=verb.forward, back=verb.back)
             for verb in table.values() if state in verb.states and fits(verb))
    return tuple(one for one in found if one is not None)


def act_on_programme(work: Work, one: int, name: str, data: dict[str, Any], today: date, version: int | None) -> Any:
    """Do an act with loaded inputs."""
    return PROGRAMME_VERBS[name].run(work, one, data, today, version)


def act_on_engagement(work: Work, one: int, name: str, data: dict[str, Any], today: date, version: int | None,
                      blank: Collection[str] = ()) -> Any:
    """Do an act with loaded inputs. blank: fields of a form that were emptied; what a program leaves out stays as it is."""
    verb, row = ENGAGEMENT_VERBS[name], work.get(Engagement, one)
    work.permit({"plan": PLAN_AUDITS, "lead": LEAD_ENGAGEMENT}.get(verb.who, DO_ENGAGEMENT), row)
    return verb.run(work, one, forms.check_against(
        verb.inputs, forms.unless(blank, engagement_moment(work, row)), data, today), today, version)


def act_on_finding(work: Work, one: int, name: str, data: dict[str, Any], today: date, version: int | None,
                   blank: Collection[str] = ()) -> Any:
    """Do an act with loaded inputs. blank: as with an audit."""
    verb, finding = FINDING_VERBS[name], work.get(Finding, one)
    audit = work.get(Engagement, finding.engagement_id)
    action = newest_action(work, one)
    if not _may(work, verb.who, finding, audit, Answerers(finding.respondent_id, action.owner_id if action else None)):
        raise NotPermitted()
    now = forms.unless(blank, finding_moment(work, finding, audit, today))
    return verb.run(work, one, forms.check_against(verb.inputs, now, data, today), today, version)

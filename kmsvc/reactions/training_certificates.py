"""The story of certificates: a course that is done awards them; an exam does in training_marking.py; who passes anew,
who hears that one expires."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.core.clock import add_months, local_date
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.confirmations.events import ConfirmationGiven
from kmsvc.knowledge.confirmations.models import Confirmation
from kmsvc.notices.usecases import tell
from kmsvc.people.accounts.directory import directory
from kmsvc.people.units.queries import parents, upward
from kmsvc.standards.duties.models import Obligation
from kmsvc.training.certificates.duties import FIRST, RETRAIN, tells_supervisor
from kmsvc.training.certificates.events import CertificateRevoked, NeedChanged, PassingTurned
from kmsvc.training.certificates.models import (
    Certificate,
    CertificateKind,
    CertificateNeed,
    Passing,
    PassingTurn,
)
from kmsvc.training.certificates.queries import renewing
from kmsvc.training.certificates.reading import asked_anew, concerns, in_force, needs
from kmsvc.training.certificates.rules import MOST_MONTHS
from kmsvc.training.certificates.usecases import award, counts_now, follow_result
from kmsvc.training.courses.events import CourseDone, CourseUndone
from kmsvc.training.courses.models import CourseAttempt

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings

PASSPORT = "/training/certificates"
NOT_DONE = N_("The course is not done after all: a sign-in at its session was taken back.")


def award_by_course(work: Work, fact: CourseDone, around: Surroundings) -> None:
    """Whoever has done a course that proves something has proven it; where an exam is asked for too, the exam proves it."""
    attempt = work.get(CourseAttempt, fact.attempt_id)
    today = local_date(work.now, around.zone)
    if attempt.done_at is None:
        return  # taken back meanwhile
    for kind_id in _proven(work, (CertificateKind.course_id == fact.course_id) & CertificateKind.exam_id.is_(None)):
        award(work, kind_id, fact.person_id, local_date(attempt.done_at, around.zone), today=today, source="course",
              source_id=attempt.id)


def follow_course(work: Work, fact: CourseUndone, around: Surroundings) -> None:
    """What a course had proven that is not done after all is proven no more."""
    follow_result(work, "course", fact.attempt_id, reason=NOT_DONE, today=local_date(work.now, around.zone))


def _proven(work: Work, condition: Any) -> list[int]:
    return list(work.session.scalars(select(CertificateKind.id).where(condition, CertificateKind.retired_at.is_(None)).order_by(
        CertificateKind.id)))


def tell_of_change(work: Work, fact: NeedChanged, around: Surroundings) -> None:
    """Whoever is asked hears that it is passed anew, and by when."""
    need = work.get(CertificateNeed, fact.need_id)
    kind = work.get(CertificateKind, need.kind_id)
    if kind.retired_at is not None or need.due_on is None or need.passed_since is None:
        return
    tell(work, [one.id for one in asked_anew(work.session, need)], "training.certificate.anew", mail=True,
         url=renewing(kind) or PASSPORT, dedup=f"certificate_anew:{need.id}:{need.passed_since}",
         params={"title": kind.name, "due_on": need.due_on.isoformat()})


def tell_of_revoking(work: Work, fact: CertificateRevoked, around: Surroundings) -> None:
    """Whose certificate counts no more, or counts again, hears so and why."""
    row = work.get(Certificate, fact.certificate_id)
    if fact.back == (row.revoked_on is not None):
        return
    kind = work.get(CertificateKind, row.kind_id)
    said = "training.certificate.reinstated" if fact.back else "training.certificate.revoked"
    tell(work, [row.person_id], said, mail=True, url=PASSPORT, dedup=f"certificate_revoked:{row.id}:{row.version}",
         params={"title": kind.name, "reason": row.reason or ""})


def tell_of_turn(work: Work, fact: PassingTurned, around: Surroundings) -> None:
    """Whose passing counts no more, or again, hears so and why; a later turn says it better."""
    turned, passing = work.get(PassingTurn, fact.turn_id), work.get(Passing, fact.passing_id)
    if counts_now(work.session, passing.id) != fact.counts:
        return
    row = work.get(Certificate, fact.certificate_id)
    kind = work.get(CertificateKind, row.kind_id)
    tell(work, [row.person_id], f"training.certificate.{'given' if fact.counts else 'taken'}_back", mail=True, url=PASSPORT,
         dedup=f"certificate_turn:{turned.id}",
         params={"title": kind.name, "reason": turned.reason, "passed_on": passing.passed_on.isoformat()})


def note_awareness(work: Work, fact: ConfirmationGiven, around: Surroundings) -> None:
    """Whoever is asked what they know of their processes, and has by now confirmed every one of them that is in force, each within the
    time such a certificate counts, has proven it. Source: clause 64."""
    given, today = work.get(Confirmation, fact.confirmation_id), local_date(work.now, around.zone)
    article = work.get(Article, given.article_id)
    if article.process_id is None or given.confirmed_at is None:
        return
    kinds = list(work.session.scalars(select(CertificateKind).where(
        CertificateKind.by_reading, CertificateKind.retired_at.is_(None)).order_by(CertificateKind.id)))
    read = list(work.session.scalars(select(Confirmation.confirmed_at).join(Article, Article.id == Confirmation.article_id).where(
        Confirmation.person_id == given.person_id, Article.process_id.is_not(None),
        Article.published_version_id == Confirmation.version_id).order_by(Confirmation.id)))
    if not kinds or any(one is None for one in read):
        return
    person, tree = directory(work.session).people[given.person_id], parents(work.session)
    above, wanted = upward(tree, person.unit_id), needs(work.session)
    for kind in kinds:
        oldest = add_months(today, -(kind.months or MOST_MONTHS))
        if any(one.kind_id == kind.id and in_force(one, today) and concerns(one, person, above) for one in wanted) and all(
                one is not None and local_date(one, around.zone) > oldest for one in read):
            award(work, kind.id, person.id, local_date(given.confirmed_at, around.zone), today=today, source="reading",
                  source_id=given.id)


def superiors(work: Work, person_id: int) -> list[int]:
    """Who leads the team of a person: the leaders of the nearest unit that has some, else the supervisors."""
    held, tree = directory(work.session), parents(work.session)
    unit: int | None = held.people[person_id].unit_id
    leaders = [one for one in held.holders("team_leader") if one.id != person_id]
    while unit is not None:
        found = [one.id for one in leaders if one.unit_id == unit]
        if found:
            return found
        unit = tree.get(unit)
    return [one.id for one in held.holders("supervisor") if one.id != person_id]


def remind_of_certificate(work: Work, duty: Obligation, rung: str) -> None:
    """Who holds a certificate that expires, or passes anew; in the last thirty days the superior too. Nothing of a retired kind."""
    row = work.get(Certificate, duty.subject_id)
    kind = work.get(CertificateKind, row.kind_id)
    if kind.retired_at is not None or duty.owner_id is None:
        return
    params = {"title": kind.name, "due_on": duty.due_on.isoformat()}
    dedup = f"reminder:{duty.id}:{duty.due_on}:{rung}"
    said = {RETRAIN: "training.certificate.anew", FIRST: "training.certificate.first"}.get(duty.rule, "training.certificate.expires")
    tell(work, [row.person_id], said, mail=True, url=renewing(kind) or PASSPORT, dedup=dedup, params=params)
    if tells_supervisor(rung, duty.rule):
        person = directory(work.session).people[row.person_id].name
        tell(work, superiors(work, row.person_id), "training.certificate.expires_of", mail=True,
             url=f"{PASSPORT}/people/{row.person_id}", dedup=f"{dedup}:copy", params=params | {"person": person})


REACTIONS: dict[Any, tuple[Any, ...]] = {
    CourseDone: (award_by_course,), CourseUndone: (follow_course,), NeedChanged: (tell_of_change,),
    CertificateRevoked: (tell_of_revoking,), PassingTurned: (tell_of_turn,), ConfirmationGiven: (note_awareness,),
}

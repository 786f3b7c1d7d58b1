"""The story of certificates: a course that is done awards them; an exam does in training_marking.py; who passes anew,
who hears that one expires."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.notices.usecases import tell
from kmsvc.people.accounts.directory import directory
from kmsvc.people.units.queries import parents
from kmsvc.standards.duties.models import Obligation
from kmsvc.training.certificates.duties import RETRAIN, tells_supervisor
from kmsvc.training.certificates.events import CertificateRevoked, NeedChanged
from kmsvc.training.certificates.models import Certificate, CertificateKind, CertificateNeed
from kmsvc.training.certificates.queries import renewing
from kmsvc.training.certificates.reading import asked_of
from kmsvc.training.certificates.usecases import award
from kmsvc.training.courses.events import CourseDone
from kmsvc.training.courses.models import CourseAttempt

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings

PASSPORT = "/training/certificates"


def award_by_course(work: Work, fact: CourseDone, around: Surroundings) -> None:
    """Whoever has done a course that proves something has proven it; where an exam is asked for too, the exam proves it."""
    attempt = work.get(CourseAttempt, fact.attempt_id)
    today = local_date(work.now, around.zone)
    for kind_id in _proven(work, (CertificateKind.course_id == fact.course_id) & CertificateKind.exam_id.is_(None)):
        award(work, kind_id, fact.person_id, local_date(attempt.done_at or work.now, around.zone), today=today, source="course",
              source_id=attempt.id)


def _proven(work: Work, condition: Any) -> list[int]:
    return list(work.session.scalars(select(CertificateKind.id).where(condition, CertificateKind.retired_at.is_(None)).order_by(
        CertificateKind.id)))


def tell_of_change(work: Work, fact: NeedChanged, around: Surroundings) -> None:
    """Whoever is asked hears that it is passed anew, and by when."""
    need = work.get(CertificateNeed, fact.need_id)
    kind = work.get(CertificateKind, need.kind_id)
    if kind.retired_at is not None or need.due_on is None or need.passed_since is None:
        return
    tell(work, [one.id for one in asked_of(work.session, need)], "training.certificate.anew", mail=True, url=renewing(kind) or PASSPORT,
         dedup=f"certificate_anew:{need.id}:{need.passed_since}", params={"title": kind.name, "due_on": need.due_on.isoformat()})


def tell_of_revoking(work: Work, fact: CertificateRevoked, around: Surroundings) -> None:
    """Whose certificate counts no more, or counts again, hears so and why."""
    row = work.get(Certificate, fact.certificate_id)
    if fact.back == (row.revoked_on is not None):
        return
    kind = work.get(CertificateKind, row.kind_id)
    said = "training.certificate.reinstated" if fact.back else "training.certificate.revoked"
    tell(work, [row.person_id], said, mail=True, url=PASSPORT, dedup=f"certificate_revoked:{row.id}:{row.version}",
         params={"title": kind.name, "reason": row.reason or ""})


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
    tell(work, [row.person_id], "training.certificate.anew" if duty.rule == RETRAIN else "training.certificate.expires", mail=True,
         url=renewing(kind) or PASSPORT, dedup=dedup, params=params)
    if tells_supervisor(rung):
        person = directory(work.session).people[row.person_id].name
        tell(work, superiors(work, row.person_id), "training.certificate.expires_of", mail=True,
             url=f"{PASSPORT}/people/{row.person_id}", dedup=f"{dedup}:copy", params=params | {"person": person})


REACTIONS: dict[Any, tuple[Any, ...]] = {
    CourseDone: (award_by_course,), NeedChanged: (tell_of_change,),
    CertificateRevoked: (tell_of_revoking,),
}

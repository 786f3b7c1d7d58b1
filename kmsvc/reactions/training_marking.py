"""The story of marks: what is handed in is judged by the machine, markers hear what waits for a second mark, candidates of results,
changes and appeals; a changed key is looked at for every exam that asked it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.notices.usecases import tell
from kmsvc.people.accounts.directory import directory
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.usecases import complete
from kmsvc.training.certificates.models import CertificateKind
from kmsvc.training.certificates.usecases import award, follow_result
from kmsvc.training.exams.events import ExamReleased
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.queries import markers_of
from kmsvc.training.marking.appeals import AppealState
from kmsvc.training.marking.automatic import draw_again, draw_seconds, mark_sitting
from kmsvc.training.marking.duties import APPEAL, DECIDE
from kmsvc.training.marking.events import (
    AppealDecided,
    AppealFiled,
    AppealNoted,
    ExamRegraded,
    RegradeAsked,
    ScoreChanged,
    SecondsDrawn,
)
from kmsvc.training.marking.measuring import take_in
from kmsvc.training.marking.models import AppealNote, MarkAppeal, Regrade, ScoreChangeRow
from kmsvc.training.marking.permissions import LEAD
from kmsvc.training.marking.rekeying import follow_key
from kmsvc.training.marking.settling import ended_sittings
from kmsvc.training.questions.events import QuestionChanged
from kmsvc.training.questions.models import QuestionRow, QuestionVersion
from kmsvc.training.sittings.events import SittingAnnulled, SittingHandedIn, SittingReopened
from kmsvc.training.sittings.models import Sitting

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


def judge_handed_in(work: Work, fact: SittingHandedIn, around: Surroundings) -> None:
    """What the machine can judge is judged; where that was the last of the exam, it is drawn what is marked twice."""
    mark_sitting(work, fact.sitting_id)
    draw_seconds(work, fact.exam_id)


def wait_for_reopened(work: Work, fact: SittingReopened, around: Surroundings) -> None:
    """The draw waits for whoever goes on."""
    draw_again(work, fact.exam_id, fact.sitting_id)


def draw_without(work: Work, fact: SittingAnnulled, around: Surroundings) -> None:
    """What does not count keeps nobody waiting."""
    draw_seconds(work, fact.exam_id)


def tell_markers(work: Work, fact: SecondsDrawn, around: Surroundings) -> None:
    """Markers hear that answers wait for a second mark."""
    exam = work.get(Exam, fact.exam_id)
    count = sum(one.second_why is not None for one in ended_sittings(work.session, exam.id))
    if count:
        tell(work, markers_of(work.session, exam.id), "training.marking.drawn", url=f"/training/marking/{exam.id}",
             dedup=f"drawn:{exam.id}:{exam.seconds_at}", params={"number": exam.number, "title": exam.title, "count": count})


def tell_results(work: Work, fact: ExamReleased, around: Surroundings) -> None:
    """Each candidate hears that the own result stands."""
    exam = work.get(Exam, fact.exam_id)
    for one in ended_sittings(work.session, exam.id):
        tell(work, [one.person_id], "training.marking.released", mail=True, url=f"/training/marking/results/{one.id}",
             dedup=f"released:{exam.id}:{one.id}", params={"number": exam.number, "title": exam.title})


def measure_questions(work: Work, fact: ExamReleased, around: Surroundings) -> None:
    """How well the questions measured is known from now on; what the figures speak against leaves the pool."""
    take_in(work, fact.exam_id)


def measure_anew(work: Work, fact: ExamRegraded, around: Surroundings) -> None:
    """A corrected key makes other figures."""
    take_in(work, fact.exam_id)


def award_proven(work: Work, fact: ExamReleased, around: Surroundings) -> None:
    """Whoever passed an exam that proves something has proven it."""
    exam = work.get(Exam, fact.exam_id)
    for one in ended_sittings(work.session, exam.id):
        _award(work, exam, one, around)


def award_after_change(work: Work, fact: ScoreChanged, around: Surroundings) -> None:
    """Whoever passes by a changed score has proven it too, once more if it was taken back."""
    if fact.turned:
        _award(work, work.get(Exam, fact.exam_id), work.get(Sitting, fact.sitting_id), around)


def take_back_failed(work: Work, fact: ScoreChanged, around: Surroundings) -> None:
    """Whoever fails by a changed score has proven nothing by it any more; the reason is the one of the change."""
    sitting = work.get(Sitting, fact.sitting_id)
    if not fact.turned or sitting.passed:
        return
    why = work.session.scalar(select(ScoreChangeRow.why).where(ScoreChangeRow.sitting_id == sitting.id).order_by(
        ScoreChangeRow.id.desc()).limit(1))
    follow_result(work, "exam", sitting.id, reason=why or work.get(Exam, fact.exam_id).number, today=local_date(work.now, around.zone))


def _award(work: Work, exam: Exam, sitting: Sitting, around: Surroundings) -> None:
    """Each kind once a sitting: `award` notes the same one once."""
    if not sitting.passed:
        return
    kinds = work.session.scalars(select(CertificateKind.id).where(CertificateKind.retired_at.is_(None), or_(
        CertificateKind.id == (exam.proves_id or 0), CertificateKind.exam_id == exam.id)).order_by(CertificateKind.id))
    for kind_id in list(kinds):
        award(work, kind_id, sitting.person_id, local_date(sitting.ended_at or work.now, around.zone), source="exam",
              today=local_date(work.now, around.zone), source_id=sitting.id, score=sitting.score)


def tell_changed(work: Work, fact: ScoreChanged, around: Surroundings) -> None:
    """Whoever's released score changed hears it, with the way to what it was and is."""
    exam, sitting = work.get(Exam, fact.exam_id), work.get(Sitting, fact.sitting_id)
    tell(work, [sitting.person_id], "training.marking.changed", mail=True, url=f"/training/marking/results/{sitting.id}",
         dedup=f"score:{sitting.id}:{around.at or work.now}:{fact.cause}", params={"number": exam.number, "title": exam.title})


def tell_leads(work: Work, fact: RegradeAsked, around: Surroundings) -> None:
    """Whoever leads the marking hears that the report of a corrected key waits."""
    row = work.get(Regrade, fact.regrade_id)
    exam = work.get(Exam, row.exam_id)
    leads = [one.id for one in directory(work.session).active() if LEAD.name in one.permissions and one.id != row.asked_by_id]
    tell(work, [exam.owner_id] if exam.owner_id in leads else leads, "training.marking.regrade", dedup=f"regrade:{row.id}",
         url=f"/training/marking/regrades/{row.id}", params={"number": exam.number, "title": exam.title})


def look_at_key(work: Work, fact: QuestionChanged, around: Surroundings) -> None:
    """Exams that asked it wait for a look where the new key gives anybody other points."""
    version = work.session.get(QuestionVersion, fact.version_id)
    question = work.session.get(QuestionRow, fact.question_id)
    if version is not None and question is not None and question.current_version_id == version.id:
        follow_key(work, fact.question_id, version.reason or question.number)


def _of(work: Work, row: MarkAppeal) -> dict[str, Any]:
    exam = work.get(Exam, row.exam_id)
    return {"appeal": row.number, "number": exam.number, "title": exam.title, "due_on": row.decide_by.isoformat()}


def ask_decider(work: Work, fact: AppealFiled, around: Surroundings) -> None:
    """Whoever is to decide hears of it; where nobody may, whoever leads the marking."""
    row = work.get(MarkAppeal, fact.appeal_id)
    if row.state != AppealState.OPEN:
        return
    people = [row.decider_id] if row.decider_id is not None else [
        one.id for one in directory(work.session).active() if LEAD.name in one.permissions and one.id != row.person_id]
    tell(work, people, "training.marking.appeal", mail=True, url=f"/training/marking/appeals/{row.id}",
         dedup=f"mark_appeal:{row.id}", params=_of(work, row))


def tell_decided(work: Work, fact: AppealDecided, around: Surroundings) -> None:
    """The duty is done; the candidate hears what was decided, whoever was to decide that it was taken back."""
    row = work.get(MarkAppeal, fact.appeal_id)
    complete(work, rule=DECIDE, subject_kind=APPEAL, subject_id=row.id, person_id=row.decided_by_id,
             done_on=local_date(row.decided_at or work.now, around.zone))
    if row.state == AppealState.WITHDRAWN:
        tell(work, [row.decider_id] if row.decider_id else [], "training.marking.appeal_withdrawn",
             url=f"/training/marking/appeals/{row.id}", dedup=f"mark_appeal_end:{row.id}", params=_of(work, row))
        return
    kind = "training.marking.appeal_upheld" if row.state == AppealState.UPHELD else "training.marking.appeal_declined"
    people = {row.person_id, *([row.decider_id] if row.decider_id not in (None, row.decided_by_id) else [])}
    tell(work, sorted(one for one in people if one is not None), kind, mail=True, url=f"/training/marking/appeals/{row.id}",
         dedup=f"mark_appeal_end:{row.id}", params=_of(work, row))


def tell_said(work: Work, fact: AppealNoted, around: Surroundings) -> None:
    """The other side hears that something was said."""
    note = work.get(AppealNote, fact.note_id)
    row = work.get(MarkAppeal, note.appeal_id)
    people = [row.decider_id] if note.by_candidate else [row.person_id]
    tell(work, [one for one in people if one is not None], "training.marking.appeal_said", url=f"/training/marking/appeals/{row.id}",
         dedup=f"appeal_note:{note.id}", params=_of(work, row))


def remind_of_appeal(work: Work, duty: Obligation, rung: str) -> None:
    """Whoever is to decide hears that the day is near or gone; who leads hears it too once it is gone."""
    row = work.get(MarkAppeal, duty.subject_id)
    if row.state != AppealState.OPEN:
        return
    people = {row.decider_id} if row.decider_id else set()
    if rung.startswith("late"):
        people |= {one.id for one in directory(work.session).active() if LEAD.name in one.permissions and one.id != row.person_id}
    tell(work, sorted(one for one in people if one is not None), "training.marking.appeal_due", mail=True,
         url=f"/training/marking/appeals/{row.id}", dedup=f"reminder:{duty.id}:{rung}", params=_of(work, row))


def remind_of_marking(work: Work, duty: Obligation, rung: str) -> None:
    """A marker hears that answers wait and the day of the release is near or gone."""
    exam = work.get(Exam, duty.subject_id)
    if duty.owner_id is not None:
        tell(work, [duty.owner_id], "training.marking.waits", mail=True, url=f"/training/marking/{exam.id}",
             dedup=f"reminder:{duty.id}:{duty.due_on}:{rung}", params={"number": exam.number, "title": exam.title,
                                                                      "due_on": duty.due_on.isoformat()})


REACTIONS: dict[Any, tuple[Any, ...]] = {
    SittingHandedIn: (judge_handed_in,), SittingReopened: (wait_for_reopened,), SittingAnnulled: (draw_without,),
    SecondsDrawn: (tell_markers,),
    ExamReleased: (tell_results, award_proven, measure_questions), ExamRegraded: (measure_anew,),
    ScoreChanged: (tell_changed, award_after_change, take_back_failed), RegradeAsked: (tell_leads,),
    QuestionChanged: (look_at_key,), AppealFiled: (ask_decider,), AppealDecided: (tell_decided,), AppealNoted: (tell_said,),
}

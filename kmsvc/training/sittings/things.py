"""A sitting as others point to it: its card, the files handed in with it, and what is noted when somebody reads its answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import Kind, SecretText, ThingCard
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.files.models import Attachment, StoredFile
from kmsvc.people.accounts.queries import names
from kmsvc.training.exams.models import Exam, ExamMarker
from kmsvc.training.exams.states import ExamState
from kmsvc.training.sittings.models import Sitting
from kmsvc.training.sittings.permissions import READ_ANSWERS, SIT, WATCH
from kmsvc.training.sittings.queries import is_invited
from kmsvc.training.sittings.rules import SittingState

KIND = "sitting"


def _cards(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    """Cards of one's own sittings, and of everybody's for who watches exams."""
    rows = session.execute(select(Sitting, Exam).join(Exam, Exam.id == Sitting.exam_id).where(Sitting.id.in_(list(ids))).order_by(
        Sitting.id)).all()
    watches = can(actor, WATCH)
    who = names(session, [row.person_id for row, _ in rows]) if watches else {}
    found = {}
    for row, exam in rows:
        if can(actor, SIT, row):
            found[row.id] = ThingCard(KIND, row.id, exam.number, exam.title, f"/training/sittings/{row.id}", row.state)
        elif watches:
            found[row.id] = ThingCard(KIND, row.id, exam.number, f"{exam.title} – {who.get(row.person_id, '')}",
                                      f"/training/sittings/{row.id}/protocol", row.state)
        elif marks(session, actor, row):  # who it is stays hidden
            found[row.id] = ThingCard(KIND, row.id, exam.number, exam.title, f"/training/marking/{row.exam_id}", row.state)
    return found


def marks(session: Session, actor: Actor, row: Sitting) -> bool:
    """Whether somebody marks this exam."""
    return actor.person_id is not None and actor.person_id != row.person_id and session.scalar(select(ExamMarker.id).where(
        ExamMarker.exam_id == row.exam_id, ExamMarker.person_id == actor.person_id).limit(1)) is not None


def _keeps(session: Session, actor: Actor, sitting_id: int) -> bool:
    """The candidate adds and takes away files while the sitting runs."""
    row = session.get(Sitting, sitting_id)
    return row is not None and row.state == SittingState.RUNNING and can(actor, SIT, row)


def _texts(session: Session, actor: Actor, sitting_id: int) -> Iterable[str]:
    """What was handed in is for who marks it; its candidate has it while sitting. Who may read answers gets it by a door that notes
    the look."""
    row = session.get(Sitting, sitting_id)
    if row is None or not marks(session, actor, row):
        return []
    return [f"/files/{one}" for one in session.scalars(select(Attachment.id).where(
        Attachment.subject_kind == KIND, Attachment.subject_id == sitting_id).order_by(Attachment.id))]


def may_read(session: Session, actor: Actor, row: Sitting) -> bool:
    """Whether somebody may read these answers with a name beside them: before the results are out never who marks the exam or sits it
    too."""
    if not can(actor, READ_ANSWERS, row):
        return False
    exam = session.get_one(Exam, row.exam_id)
    if exam.state in (ExamState.RELEASED, ExamState.FINAL):
        return True
    return not marks(session, actor, row) and not is_invited(session, exam.id, actor.person_id or 0)


def secret_of(session: Session, actor: Actor, sitting_id: int, version_id: int | None = None) -> SecretText | None:
    """The answers of a sitting as a text whose every look is noted (R-A8); None for who may not read them."""
    row = session.get(Sitting, sitting_id)
    if row is None or not (may_read(session, actor, row) or marks(session, actor, row)):
        return None
    exam = session.get_one(Exam, row.exam_id)
    return SecretText(KIND, row.id, exam.number, row.attempt, str(row.attempt), True, (), lambda _: "")


def readable(session: Session, actor: Actor, sitting_id: int) -> tuple[Sitting, SecretText]:
    """A sitting whose answers this caller may read, and what is to be noted first; NotFound otherwise."""
    row = session.get(Sitting, sitting_id)
    secret = secret_of(session, actor, sitting_id) if row is not None and may_read(session, actor, row) else None
    if row is None or secret is None:
        raise NotFound()
    return row, secret


def handed_in(session: Session, actor: Actor, sitting_id: int, attachment_id: int) -> tuple[SecretText, StoredFile, str]:
    """A file of a sitting for who may read its answers: what is to be noted first, its bytes and its name. NotFound otherwise."""
    _, secret = readable(session, actor, sitting_id)
    name = files_handed_in(session, sitting_id).get(attachment_id)
    found = session.get(Attachment, attachment_id)
    stored = session.get(StoredFile, found.sha256) if found is not None and name is not None else None
    if stored is None or name is None:
        raise NotFound()
    return secret, stored, name


def files_handed_in(session: Session, sitting_id: int) -> dict[int, str]:
    """Files of a sitting: id of the attachment and name."""
    return dict(session.execute(select(Attachment.id, Attachment.name).where(
        Attachment.subject_kind == KIND, Attachment.subject_id == sitting_id, Attachment.removed_at.is_(None)).order_by(
        Attachment.id)).all())


cards.register(Kind(KIND, N_("Sitting"), cards=_cards, keeps=_keeps, adds=_keeps, texts=_texts, secret=secret_of))

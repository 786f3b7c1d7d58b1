"""Steps 4 to 6 and 13: drafts, verdicts, corrections and the update after the field's feedback."""

from __future__ import annotations

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.process.changes.enums import VerdictKind
from kmsvc.process.changes.events import CommentAnswered
from kmsvc.process.changes.models import Assistant, Change, Comment, Verdict
from kmsvc.process.changes.moves import Turn, finish, start
from kmsvc.process.changes.scenes import text_on_the_desk
from kmsvc.process.definitions.models import Process, ProcessVersion
from kmsvc.process.definitions.usecases import write_version
from kmsvc.process.fieldwork.models import FeedbackItem


def save_draft(work: Work, change_id: int, *, name: str | None = None, purpose: str | None = None, body: str | None = None,
               note: str | None = None, version: int | None = None) -> Change:
    """Keep what the author has typed so far, also while it is not complete; no step, no history."""
    turn = start(work, change_id, "save_draft", version=version)
    desk = text_on_the_desk(work.session, turn.change)
    turn.change.draft = {"name": name or desk["name"], "purpose": purpose if purpose is not None else desk["purpose"],
                         "body": body if body is not None else desk["body"],
                         "note": note if note is not None else desk.get("note") or "", "by": work.actor.person_id}
    turn.change.draft_saved_at = work.now
    work.session.flush()
    return turn.change


def keep_draft_of_author(turn: Turn) -> None:
    """What a replaced author has typed becomes a version of that author: whoever hands it in, its writer never signs it."""
    work, change = turn.work, turn.change
    draft = change.draft or {}
    if not (draft.get("body") or "").strip() or draft.get("by") in (None, *turn.scene.contributors):
        return
    process = work.get(Process, change.process_id, lock=True)
    write_version(work, process, name=draft["name"], purpose=draft["purpose"] or "", body=draft["body"], final=False,
                  change_id=change.id, author_id=draft["by"])


def _write(turn: Turn, *, name: str | None, purpose: str | None, body: str | None, note: str | None,
           final: bool = False) -> ProcessVersion:
    """A new version from what was handed in, filled up from the desk; it becomes the candidate, the draft is put away."""
    work, change = turn.work, turn.change
    desk = text_on_the_desk(work.session, change)
    process = work.get(Process, change.process_id, lock=True)
    version = write_version(work, process, name=name or desk["name"], purpose=desk["purpose"] if purpose is None else purpose,
                            body=body or desk["body"], final=final, change_id=change.id, note=note)
    change.candidate_id = version.id
    change.draft = None
    return version


def submit_draft(work: Work, change_id: int, *, body: str, name: str | None = None, purpose: str | None = None,
                 note: str | None = None, version: int | None = None) -> ProcessVersion:
    """Step 4: hand in v0.1 for review."""
    turn = start(work, change_id, "submit_draft", version=version)
    made = _write(turn, name=name, purpose=purpose, body=body, note=note)
    finish(turn, comment=note, version_id=made.id)
    return made


def give_verdict(work: Work, change_id: int, *, verdict: str, remark: str | None = None, version: int | None = None) -> None:
    """Step 5: one reviewer's verdict; remarks become comments the author answers. The last verdict opens step 6."""
    turn = start(work, change_id, "give_verdict", version=version)
    if verdict != VerdictKind.AGREE and not remark:
        raise InvalidInput({"remark": [N_("Say what should change.")]})
    change = turn.change
    row = Verdict(change_id=change_id, visit=change.visit(5), person_id=work.actor.person_id, verdict=VerdictKind(verdict),
                  version_id=change.candidate_id, at=work.now)
    work.session.add(row)
    for place in work.session.scalars(select(Assistant).where(
            Assistant.change_id == change_id, Assistant.person_id == work.actor.person_id, Assistant.state == "named")):
        place.state, place.answered_at = "accepted", work.now  # named in place of another: the verdict is the answer
    if remark and verdict != VerdictKind.AGREE:
        work.session.add(Comment(change_id=change_id, version_id=change.candidate_id, person_id=work.actor.person_id,
                                 text=remark, at=work.now, wants_answer=True))
    work.session.flush()
    finish(turn, comment=remark, version_id=change.candidate_id, record=("verdict", row.id))


def answer_comment(work: Work, change_id: int, *, comment: int, answer: str, version: int | None = None) -> None:
    """Step 6: the author's answer to one remark."""
    turn = start(work, change_id, "answer_comment", version=version)
    row = work.get(Comment, comment, lock=True)
    if row.change_id != change_id or row.answered_at is not None:
        raise RuleBroken("process.change.comment_closed", N_("This comment has its answer already."))
    row.answer, row.answered_at, row.answered_by_id = answer, work.now, work.actor.person_id
    finish(turn, comment=answer, record=("comment", row.id))
    work.record(CommentAnswered(change_id, row.id))


def submit_correction(work: Work, change_id: int, *, body: str | None = None, name: str | None = None,
                      purpose: str | None = None, note: str | None = None, version: int | None = None) -> ProcessVersion:
    """Step 6: hand in the corrected text for approval."""
    turn = start(work, change_id, "submit_correction", version=version)
    made = _write(turn, name=name, purpose=purpose, body=body, note=note)
    finish(turn, comment=note, version_id=made.id)
    return made


def review_again(work: Work, change_id: int, *, note: str, body: str | None = None, name: str | None = None,
                 purpose: str | None = None, version: int | None = None) -> ProcessVersion:
    """Step 6: the correction is so large that the reviewers see it again."""
    turn = start(work, change_id, "review_again", version=version)
    made = _write(turn, name=name, purpose=purpose, body=body, note=note)
    finish(turn, comment=note, version_id=made.id)
    return made


def answer_feedback(work: Work, change_id: int, *, item: int, answer: str, version: int | None = None) -> None:
    """Step 13: the author's answer to one feedback item."""
    turn = start(work, change_id, "answer_feedback", version=version)
    row = work.get(FeedbackItem, item, lock=True)
    if row.change_id != change_id or row.answered_at is not None:
        raise RuleBroken("process.change.item_answered", N_("This item has its answer already."))
    row.answer, row.answered_at, row.answered_by_id = answer, work.now, work.actor.person_id
    finish(turn, comment=answer, record=("feedback_item", row.id))


def submit_update(work: Work, change_id: int, *, body: str | None = None, name: str | None = None,
                  purpose: str | None = None, note: str | None = None, version: int | None = None) -> ProcessVersion:
    """Step 13: hand in v1.n for the second approval."""
    turn = start(work, change_id, "submit_update", version=version)
    made = _write(turn, name=name, purpose=purpose, body=body, note=note)
    finish(turn, comment=note, version_id=made.id)
    return made


def confirm_unchanged(work: Work, change_id: int, *, reason: str, version: int | None = None) -> ProcessVersion:
    """Step 13: nothing changes; the same text goes to the second approval. Decision D22."""
    turn = start(work, change_id, "confirm_unchanged", version=version)
    base = work.get(ProcessVersion, turn.change.candidate_id)
    made = _write(turn, name=base.name, purpose=base.purpose, body=base.body, note=reason)
    finish(turn, comment=reason, version_id=made.id)
    return made


def send_back(work: Work, change_id: int, verb: str, *, reason: str, version: int | None = None) -> None:
    """Return a final, teach again, text unclear, redesign: back to an earlier step with a reason."""
    turn = start(work, change_id, verb, version=version)
    finish(turn, comment=reason, version_id=turn.change.candidate_id)

"""The story of a change request, readable from top to bottom: what follows from what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.usecases import follow_process, retire_with_process
from kmsvc.notices.queries import last_told
from kmsvc.notices.usecases import tell
from kmsvc.people.readers.queries import readers_of
from kmsvc.process.changes import rules as change_rules
from kmsvc.process.changes.approval import close_overtaken, close_when_live
from kmsvc.process.changes.events import (
    ChangeClosed,
    ChangeSubmitted,
    CommentAnswered,
    SomethingAwaited,
    StepEntered,
    VersionReleased,
)
from kmsvc.process.changes.models import Change, Comment
from kmsvc.process.changes.queries import holder_ids, last_acted
from kmsvc.process.definitions.events import ProcessKept, ProcessRetired, ProcessReviewed, VersionWentLive
from kmsvc.process.definitions.models import Process, ProcessVersion, Publication
from kmsvc.process.definitions.rules import review_due
from kmsvc.process.reviews.duties import RULE, open_period
from kmsvc.search.usecases import mark
from kmsvc.standards.duties.usecases import complete

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


def _about(change: Change) -> dict[str, Any]:
    step = change_rules.BY_STATE.get(change.state)
    return {
        "number": change.number,
        "title": change.title,
        "step": step.number if step else 15,
        "step_label": {"code": step.state if step else change.state, "enum": "change_state"},
        "state_label": {"code": change.state, "enum": "change_state"},
    }


def tell_next_actors(work: Work, fact: StepEntered | SomethingAwaited | ChangeSubmitted, around: Surroundings) -> None:
    """Whoever holds the step now hears of it, in the app and by mail."""
    change = work.get(Change, fact.change_id)
    if not change_rules.is_open(change.state):
        return
    step = change_rules.BY_STATE[change.state].number
    if getattr(fact, "step", 1) != step:  # what was submitted stood at the first
        return
    people = [one for one in holder_ids(work.session, change) if one != work.actor.person_id]
    if isinstance(fact, SomethingAwaited):  # the first of two has signed: the second knows already
        told = last_told(work.session, people, f"turn:{change.id}:{step}:", change.step_since)
        acted = last_acted(work.session, change)
        people = [one for one in people if one not in told or (one in acted and acted[one] >= told[one])]
    entry = getattr(fact, "entry_id", 0)
    tell(
        work,
        people,
        "process.change.your_turn",
        params=_about(change),
        url=f"/process/changes/{change.id}",
        dedup=f"turn:{change.id}:{step}:{entry}",
        mail=True,
        about=("change", change.id),
    )


def tell_asker_of_end(work: Work, fact: ChangeClosed, around: Surroundings) -> None:
    """The asker hears what became of the request."""
    change = work.get(Change, fact.change_id)
    if change.asker_id is not None:
        tell(
            work,
            [change.asker_id],
            "process.change.closed",
            params=_about(change),
            url=f"/process/changes/{change.id}",
            dedup=f"closed:{change.id}",
            mail=True,
            about=("change", change.id),
        )


def mark_change(work: Work, fact: Any, around: Surroundings) -> None:
    """The request is found by number and title."""
    mark(work, "change", fact.change_id)


def tell_commenter(work: Work, fact: CommentAnswered, around: Surroundings) -> None:
    """Whoever remarked hears the author's answer."""
    change, remark = work.get(Change, fact.change_id), work.get(Comment, fact.comment_id)
    if remark.person_id is not None:
        tell(
            work,
            [remark.person_id],
            "process.change.comment_answered",
            params=_about(change),
            url=f"/process/changes/{change.id}?tab=talk",
            dedup=f"answered:{remark.id}",
            about=("change", change.id),
        )


def mail_release(work: Work, fact: VersionReleased, around: Surroundings) -> None:
    """Mail goes to the audience: everybody of the process's unit, or of the whole centre."""
    publication = work.get(Publication, fact.publication_id)
    version, process = work.get(ProcessVersion, fact.version_id), work.get(Process, publication.process_id)
    tell(
        work,
        audience_of(work, publication.audience_unit_id or process.audience_unit_id),
        "process.version.released",
        mail=True,
        # whom a later day lets in for the first time may not see the process yet, and is told of it all the same
        about=("process", process.id) if publication.audience_unit_id in (None, process.audience_unit_id) else None,
        params={
            "number": process.number,
            "title": version.name,
            "version": version.label,
            "effective_on": publication.effective_on.isoformat(),
        },
        url=f"/process/definitions/{process.id}",
        dedup=f"released:{publication.id}",
    )


def audience_of(work: Work, unit_id: int | None) -> list[int]:
    """Ids of the people of a unit and below it, or of a reader group; of everybody where none is named."""
    return [person.id for person in readers_of(work.session, unit_id)]


def publish_to_knowledge(work: Work, fact: VersionWentLive, around: Surroundings) -> None:
    """The knowledge base says what the process says."""
    process, version = work.get(Process, fact.process_id), work.get(ProcessVersion, fact.version_id)
    if process.published_version_id != version.id:
        return
    _follow(work, process, version)


def _follow(work: Work, process: Process, version: ProcessVersion) -> None:
    """The article of a process says what this version says, for whom and whose the process is."""
    follow_process(
        work,
        process_id=process.id,
        process_number=process.number,
        process_version_id=version.id,
        label=version.label,
        name=version.name,
        purpose=version.purpose,
        body=version.body,
        category=process.group,
        owner_id=process.owner_id,
        audience_unit_id=process.audience_unit_id,
        review_on=review_due(process.reviewed_on, process.review_months) if process.reviewed_on else None,
    )


def mark_process(work: Work, fact: Any, around: Surroundings) -> None:
    """The process is found, or no longer found, under its new text."""
    mark(work, "process", fact.process_id)


def close_released_change(work: Work, fact: VersionWentLive, around: Surroundings) -> None:
    """A request whose second release is in force is closed."""
    if fact.change_id is not None and fact.release_round == 2:
        close_when_live(work, fact.change_id)


def close_overtaken_changes(work: Work, fact: VersionReleased | ProcessRetired, around: Surroundings) -> None:
    """Requests whose own release waited for a day that will not come any more are closed."""
    close_overtaken(work, fact.process_id if isinstance(fact, ProcessRetired) else
                    work.get(Publication, fact.publication_id).process_id)


def renew_review(work: Work, fact: VersionWentLive | ProcessReviewed, around: Surroundings) -> None:
    """A new version or a confirmation fulfils the open review duty; done by who released it or looked."""
    who = work.get(Publication, fact.publication_id).person_id if isinstance(fact, VersionWentLive) else fact.person_id
    complete(
        work,
        rule=RULE,
        subject_kind="process",
        subject_id=fact.process_id,
        done_on=local_date(work.now, around.zone),
        person_id=who,
        but_period=open_period(work.get(Process, fact.process_id)),
    )


def retire_article_of_process(work: Work, fact: ProcessRetired, around: Surroundings) -> None:
    """What is no longer in force leaves the knowledge base."""
    process = work.get(Process, fact.process_id)
    retire_with_process(work, process.id, reason=process.number)


def move_article_of_process(work: Work, fact: ProcessKept | ProcessReviewed, around: Surroundings) -> None:
    """Owner, audience and review date of the article follow the process."""
    process = work.get(Process, fact.process_id)
    if process.published_version_id is not None:
        _follow(work, process, work.get(ProcessVersion, process.published_version_id))


REACTIONS: dict[Any, tuple[Any, ...]] = {
    ChangeSubmitted: (tell_next_actors, mark_change),
    StepEntered: (tell_next_actors,),
    SomethingAwaited: (tell_next_actors,),
    CommentAnswered: (tell_commenter,),
    VersionReleased: (mail_release, close_overtaken_changes),
    VersionWentLive: (publish_to_knowledge, mark_process, close_released_change, renew_review),
    ChangeClosed: (tell_asker_of_end, mark_change),
    ProcessRetired: (retire_article_of_process, mark_process, close_overtaken_changes),
    ProcessKept: (move_article_of_process, mark_process),
    ProcessReviewed: (renew_review, move_article_of_process),
}

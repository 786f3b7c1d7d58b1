"""What happens to change requests."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class ChangeSubmitted(Event):
    """Somebody asked for a change; it stands at step 1."""

    kind = "process.change.submitted"
    change_id: int


@dataclass(frozen=True)
class StepEntered(Event):
    """A change came to a step, forward or back; `entry_id` is the history row that did it."""

    kind = "process.change.step_entered"
    change_id: int
    step: int
    from_step: int
    entry_id: int


@dataclass(frozen=True)
class SomethingAwaited(Event):
    """Within a step other persons are now asked: an assistant was named, a request was sent back to its asker."""

    kind = "process.change.awaited"
    change_id: int
    step: int
    entry_id: int


@dataclass(frozen=True)
class ChangeClosed(Event):
    """A change came to an end: released2, rejected, withdrawn or closed_no_need."""

    kind = "process.change.closed"
    change_id: int
    state: str


@dataclass(frozen=True)
class CommentAnswered(Event):
    """The author answered a remark."""

    kind = "process.change.comment_answered"
    change_id: int
    comment_id: int


@dataclass(frozen=True)
class VersionReleased(Event):
    """Both acts of a release are done; `publication_id` says when the version takes effect."""

    kind = "process.change.version_released"
    change_id: int
    release_round: int
    version_id: int
    publication_id: int


@dataclass(frozen=True)
class TrainingPlanned(Event):
    """Step 9: a training was planned that asks for a real plan. line_id: of the field records; plan_id: the plan that is there already,
    none where one is to be made."""

    kind = "process.change.training_planned"
    change_id: int
    line_id: int
    plan_id: int | None

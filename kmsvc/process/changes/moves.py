"""How a verb starts and ends: load and judge, then history, the move to the next step, and the facts. Shared by all verbs."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.errors import NotPermitted, Refusal, RuleBroken
from kmsvc.core.work import Work
from kmsvc.process.changes import rules, scenes
from kmsvc.process.changes.events import ChangeClosed, SomethingAwaited, StepEntered
from kmsvc.process.changes.models import Change, HistoryEntry
from kmsvc.process.changes.permissions import BY_VERB


@dataclass
class Turn:
    """One verb under way: the locked change, the scene before, who acts."""

    work: Work
    change: Change
    scene: rules.Scene
    verb: rules.VerbRule


def start(work: Work, change_id: int, verb: str, *, version: int | None = None) -> Turn:
    """Get, permit, judge: the change locked, or NotFound, NotPermitted, Stale, RuleBroken with one clear sentence."""
    change = work.get(Change, change_id, lock=True, version=version)
    work.permit(BY_VERB[verb], change)
    scene = scenes.scene_of(work.session, change)
    caller = scenes.me(work.actor)
    if not rules.may(scene, caller, verb):
        raise refusal(scene, caller, verb)
    return Turn(work, change, scene, rules.VERBS[verb])


def refusal(scene: rules.Scene, caller: rules.Me, verb: str) -> Refusal:
    """Why a verb is not offered: NotPermitted where only the person is wrong, else RuleBroken."""
    rule = rules.VERBS[verb]
    sentence = rules.why_not(scene, caller, verb)
    if rules.is_open(scene.state) and scene.step in rule.steps and rule.when(scene) and verb != "sign":
        return NotPermitted(sentence)
    return RuleBroken(f"process.change.{verb}", sentence)


def finish(turn: Turn, *, comment: str | None = None, version_id: int | None = None,
           record: tuple[str, int] | None = None, awaited: bool = False) -> HistoryEntry:
    """Write the history row, move on if the rules say so now that the effect stands, and record the facts."""
    work, change = turn.work, turn.change
    work.session.flush()
    target = turn.verb.to(scenes.scene_of(work.session, change))
    entry = HistoryEntry(
        change_id=change.id, step=turn.scene.step, verb=turn.verb.name, person_id=work.actor.person_id, at=work.now,
        from_state=turn.scene.state, to_state=target or change.state, comment=comment, version_id=version_id,
        record_kind=record[0] if record else None, record_id=record[1] if record else None)
    work.session.add(entry)
    work.session.flush()
    if comment:
        work.because(comment)
    if target is not None:
        enter(work, change, target, entry)
    elif awaited:
        work.record(SomethingAwaited(change.id, turn.scene.step, entry.id))
    return entry


def enter(work: Work, change: Change, target: str, entry: HistoryEntry) -> None:
    """Put a change at a step or an end."""
    before = rules.BY_STATE[change.state].number
    change.state = target
    change.step_since = work.now
    change.asked_back = False
    if rules.is_open(target):
        step = rules.BY_STATE[target].number
        change.visits = {**change.visits, str(step): change.visit(step) + 1}
        work.record(StepEntered(change.id, step, before, entry.id))
    else:
        change.closed_at = work.now
        work.record(ChangeClosed(change.id, target))
    work.session.flush()

"""Doing one verb for a door: the choices of the moment are checked, then its use case runs."""

from __future__ import annotations

from datetime import date
from typing import Any

from kmsvc.core import forms
from kmsvc.core.work import Work
from kmsvc.process.changes import queries, scenes
from kmsvc.process.changes.models import Change
from kmsvc.process.changes.moves import start
from kmsvc.process.changes.verbs import Verb


def run_verb(work: Work, change_id: int, verb: Verb, data: dict[str, Any], version: int | None, *, today: date,
             zone: str) -> Change:
    """Do a verb with loaded inputs; raises only the refusals that doors translate."""
    change = queries.visible_change(work.session, work.actor, change_id)
    turn = start(work, change_id, verb.name, version=version)
    moment = scenes.moment(work.session, change, turn.scene, work.actor)
    inputs = verb.inputs_for(turn.scene)
    names = {one.name for one in inputs}
    arguments = forms.check_against(inputs, moment, {key: value for key, value in data.items() if key in names}, today)
    if verb.zoned:
        arguments["zone"] = zone
    verb.run(work, change_id, **arguments)
    return change

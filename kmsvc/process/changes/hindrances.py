"""Why a person whose turn it would be cannot take the request forward now; the sentences are those that refuse the verb."""

from __future__ import annotations

from collections.abc import Iterator

from kmsvc.process.changes import rules

_DONE_ONCE = ("release_mail", "release_kb")  # what was done is no hindrance
_INSTEAD = {"confirm_unchanged": "submit_update"}  # one of two ways: it hinders nobody while the other one is open


def hindered(scene: rules.Scene, me: rules.Me) -> Iterator[tuple[str, str]]:
    """(verb, English source of the reason) for each verb that would finish the open step, is this person's by place, and is
    refused now. Empty for whoever has no part in the step."""
    if not rules.is_open(scene.state):
        return
    for rule in rules.VERBS.values():
        if scene.step not in rule.steps or not _finishes(rule) or not _in_place(scene, me, rule):
            continue
        if rules.may(scene, me, rule.name) or rules.may(scene, me, _INSTEAD.get(rule.name, "")):
            continue
        if rule.name in _DONE_ONCE and not rule.when(scene):
            continue
        yield rule.name, rules.why_not(scene, me, rule.name)


def _finishes(rule: rules.VerbRule) -> bool:
    return rule.to is not rules.nowhere and not rule.back and rule.forward is not rules.never


def _in_place(scene: rules.Scene, me: rules.Me, rule: rules.VerbRule) -> bool:
    if rule.name == "sign":  # who may sign follows from the place and from who wrote the text
        return rules.manager(scene, me) or rules.owner(scene, me)
    return rule.who(scene, me)

"""The words people see for fields and columns: what a refusal or the audit trail calls a thing that code names otherwise.

Inputs of verbs carry their own labels; the register holds the others, and is filled by who knows the words."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: dict[str, str] = {}
"""field or column -> English source of its label"""


def label_source(name: str, own: Mapping[str, str] | None = None) -> str:
    """The English source for a field. own: labels of the very form or verb, which know better. A name without a word is
    shown as it is."""
    return (own or {}).get(name) or LABELS.get(name, name)

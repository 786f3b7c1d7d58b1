"""Groups, classes, version labels and content hashes of processes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from kmsvc.core.clock import add_months
from kmsvc.core.errors import RuleBroken
from kmsvc.core.texts import N_, Labelled


class ProcessGroup(Labelled):
    """The seven process groups. Source: domain section 4.2."""

    QUALITY = "quality", N_("Quality processes")
    TRAINING = "training", N_("Training processes")
    PRODUCTION = "production", N_("Process production")
    EXTERNAL = "external", N_("External contact")
    PERSONNEL = "personnel", N_("Personnel processes")
    DATA = "data", N_("Data and reports")
    PROJECT = "project", N_("Project support")


class ProcessClass(Labelled):
    """The two classes of the process tree. Source: clause 40."""

    BUSINESS = "business", N_("Business process")
    MANAGEMENT = "management", N_("Management process")


STATES = ("published", "draft", "retired")


class PublicationKind(Labelled):
    """Why the published pointer moved."""

    PUBLISH = "publish", N_("Published")
    REVERT = "revert", N_("Reverted")
    RETIRE = "retire", N_("Retired")


REVIEW_MONTHS = 12


def review_due(last: date, months: int = REVIEW_MONTHS) -> date:
    """The day the next review of a process is due. Source: clause 42, at least yearly; decision D13."""
    return add_months(last, months)


def content_hash(name: str, purpose: str, body: str) -> str:
    """SHA-256 of what a reader is shown of a version; approvals bind to it (R-W3)."""
    text = json.dumps([name, purpose, body], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def next_draft(labels: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The label of the next draft: v0.1 for the first, then the highest major with the next minor."""
    if not labels:
        return (0, 1)
    major = max(label[0] for label in labels)
    return (major, max(label[1] for label in labels if label[0] == major) + 1)


def next_final(labels: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The label of the next approved final: the next major. v1.0 and v2.0 for a new process. Source: domain 4.4."""
    return (max((label[0] for label in labels), default=0) + 1, 0)


def check_content(content: dict[str, Any]) -> None:
    """RuleBroken while a compulsory field of a draft is empty (gate of step 4)."""
    missing = [name for name in ("name", "body") if not (content.get(name) or "").strip()]
    if missing:
        raise RuleBroken("process.definition.incomplete", N_("A draft needs a name and a text."))

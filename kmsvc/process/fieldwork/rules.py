"""Codes and checks of the field records."""

from __future__ import annotations

import unicodedata

from kmsvc.core.texts import N_, Labelled


class SampleResult(Labelled):
    """Whether a sampled contact followed the process. Source: domain 4.4 step 11."""

    FOLLOWED = "followed", N_("Followed")
    NOT_FOLLOWED = "not_followed", N_("Not followed")
    NOT_APPLICABLE = "not_applicable", N_("Not applicable")


def plain_contact(contact: str) -> str:
    """A contact as it is compared: case, width and spaces make no difference."""
    return "".join(unicodedata.normalize("NFKC", contact).casefold().split())


class TaughtVerdict(Labelled):
    """What the observer of a training found; the favourable one stands first."""

    RIGHT = "taught_right", N_("Taught right")
    GAPS = "gaps", N_("Gaps, named below")
    TEXT_UNCLEAR = "text_unclear", N_("The text itself is unclear")


class FeedbackSource(Labelled):
    """Who the feedback comes from. Decision D17: QA and exam results."""

    QA = "qa", N_("QA")
    EXAM = "exam", N_("Exam or test")


class FeedbackRoute(Labelled):
    """Where a feedback item goes. Source: domain 6.6."""

    PROCESS = "process", N_("Process or script design")
    TRAINING = "training", N_("Training")
    OPERATIONS = "operations", N_("Floor operations")
    INDIVIDUAL = "individual", N_("Individual behaviour")

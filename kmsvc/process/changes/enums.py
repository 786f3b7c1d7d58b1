"""Codes of a change request beside its state."""

from __future__ import annotations

from kmsvc.core.texts import N_, Labelled


class Urgency(Labelled):
    """How fast the asker needs it."""

    LOW = "low", N_("Low")
    NORMAL = "normal", N_("Normal")
    HIGH = "high", N_("High")
    EMERGENCY = "emergency", N_("Emergency")


class Trigger(Labelled):
    """Where the demand comes from. Source: domain 4.4 step 1."""

    BUSINESS = "business", N_("Business or customer change")
    QA = "qa", N_("QA finding")
    TRAINING = "training", N_("Training")
    OPERATIONS = "operations", N_("Floor operations")
    AUDIT = "audit", N_("Audit finding")
    KNOWLEDGE = "knowledge", N_("Knowledge gap")


class VerdictKind(Labelled):
    """What a reviewer of step 5 says; the favourable one stands first."""

    AGREE = "agree", N_("Agrees")
    AGREE_WITH_REMARKS = "agree_with_remarks", N_("Agrees, with remarks")
    NEEDS_CHANGE = "needs_change", N_("Needs changes")


class Capacity(Labelled):
    """In which capacity a final is signed."""

    MANAGER = "manager", N_("Process manager")
    OWNER = "owner", N_("Process owner")


class ReleaseAct(Labelled):
    """The two acts of a release."""

    MAIL = "mail", N_("Mail release")
    KB = "kb", N_("EKM update")

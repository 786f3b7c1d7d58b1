"""How a duty is called on somebody's day."""

from __future__ import annotations

from kmsvc.core.texts import N_

OF_DUTY: dict[str, tuple[str, str, str, int]] = {
    "needs_year": ("todo", N_("Hold the survey of training needs %(title)s"), N_("Go there"), 30),
    "needs_answer": ("todo", N_("Answer the survey of training needs %(title)s"), N_("Answer it"), 8),
    "evaluation_rating": ("todo", N_("Say what you think of «%(title)s»"), N_("Answer it"), 4),
    "room_request": ("chat", N_("Answer the auditor: %(title)s"), N_("Answer"), 15),
    "process.audit.hold": ("shield", N_("Close the process audit %(title)s"), N_("Go there"), 60),
    "process.theme.close": ("chart", N_("Close the themed optimisation «%(title)s» with its effect"), N_("Go there"), 30),
    "standards.audit.do": ("shield", N_("Hold the audit «%(title)s»"), N_("Go there"), 60),
    "standards.finding.respond": ("chat", N_("Respond to the finding «%(title)s»"), N_("Respond"), 20),
    "standards.finding.propose": ("chat", N_("Propose an action about «%(title)s»"), N_("Propose it"), 15),
    "standards.finding.agree": ("check", N_("Accept the action about «%(title)s», or propose another"), N_("Look at it"), 10),
    "standards.finding.act": ("check", N_("Do what was agreed about «%(title)s»"), N_("Go there"), 30),
    "standards.finding.verify": ("eye", N_("Verify what was done about «%(title)s»"), N_("Verify"), 20),
    "standards.finding.effect": ("eye", N_("Look at the effect of the action about «%(title)s»"), N_("Go there"), 20),
    "standards.finding.close": ("shield", N_("Close the finding «%(title)s»"), N_("Close it"), 5),
    "standards.assessment.answer": ("pen", N_("Answer your clauses of «%(title)s»"), N_("Answer"), 60),
    "standards.assessment.close": ("shield", N_("Look through and close «%(title)s»"), N_("Go there"), 60),
    "standards.improvement.do": ("check", N_("Improve: %(title)s"), N_("Go there"), 30),
    "standards.evidence.renew": ("doc", N_("Renew the proof «%(title)s» before it expires"), N_("Renew it"), 15),
    "mark_appeal": ("chat", N_("Decide the marking appeal on «%(title)s»"), N_("Decide"), 10),
    "exam_marking": ("pen", N_("Mark answers of «%(title)s»"), N_("Mark"), 20),
    "certificate": ("shield", N_("Pass the certificate «%(title)s»"), N_("Go there"), 30),
    "training.onboarding.form": ("pen", N_("%(form)s: %(title)s"), N_("Fill it in"), 10),
    "training.onboarding.own": ("pen", N_("%(form)s: %(title)s"), N_("Fill it in"), 5),
    "trainer": ("shield", N_("Let the authorisation to teach be renewed: %(title)s"), N_("Go there"), 10),
    "training.plan.hold": ("cal", N_("Train everybody of «%(title)s»"), N_("Go there"), 30),
    "training.plan.attend": ("users", N_("Take part in the training «%(title)s»"), N_("View"), 60),
    "newcomer_class": ("pen", N_("Fill in the daily forms of «%(title)s»"), N_("Fill it in"), 15),
    "training.onboarding.talk": ("chat", N_("Hold the formal talk with «%(title)s»"), N_("Go there"), 30),
    "training.onboarding.decide": ("cap", N_("Decide on «%(title)s»"), N_("Decide"), 15),
    "adjustment": ("pen", N_("Adjust the training «%(title)s»"), N_("Adjust it"), 20),
}
"""rule of the duty, or kind of what it is about -> icon, its line, the button, minutes"""

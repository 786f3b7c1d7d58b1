"""`kmsvc training …`: each noun is loaded when it is called. A new one is one line in NOUNS."""

from __future__ import annotations

import importlib

import click

from kmsvc.core.texts import N_

# noun -> (module, attribute, one line)
NOUNS: dict[str, tuple[str, str, str]] = {
    "courses": ("kmsvc.cli.courses", "courses", N_("Courses: written, assigned, who is how far.")),
    "learning": ("kmsvc.cli.courses", "my_learning", N_("What one must take and may take, and what one has learned.")),
    "plans": ("kmsvc.cli.plans", "plans", N_("Training plans: their people, sessions and attendance.")),
    "plan-rules": ("kmsvc.cli.plan_rules", "plan_rules", N_("Rules by which training plans arise from what happens.")),
    "busy": ("kmsvc.cli.busy", "busy", N_("Leave, shifts and peaks, against which sessions and exams are judged.")),
    "hours": ("kmsvc.cli.training_hours", "hours", N_("Hours and cost of training a head, against their targets.")),
    "trainers": ("kmsvc.cli.trainers", "trainers", N_("Who may teach: authorisations, their proof, observations.")),
    "questions": ("kmsvc.cli.questions", "questions", N_("Questions of exams and practice: banks, files in and out.")),
    "sittings": ("kmsvc.cli.sittings", "sittings", N_("Who sits an exam, how far they are, more time with a reason.")),
    "marking": ("kmsvc.cli.marking", "marking", N_("Marking of exams, release, appeals, results as a file.")),
    "papers": ("kmsvc.cli.papers", "papers", N_("What exams ask: picked, composed once, composed for each person.")),
    "exams": ("kmsvc.cli.exams", "exams", N_("Exams: plan, announce, move, cancel; their people.")),
    "practice": ("kmsvc.cli.practice", "practice", N_("Practise alone: topics, five a day, mistakes, mock exams.")),
    "onboarding": ("kmsvc.cli.onboarding", "onboarding", N_("Newcomers: classes, the board, lists, decisions, quality results.")),
    "certificates": ("kmsvc.cli.certificates", "certificates",
                     N_("What people have proven, what expires, which queues they may handle.")),
    "evaluations": ("kmsvc.cli.evaluations", "evaluations", N_("Has the training helped: six factors, four levels, adjustments.")),
    "needs": ("kmsvc.cli.needs", "needs", N_("The yearly survey, what hurts, the annual plan, suggestions.")),
}


class Nouns(click.Group):
    """A group that imports a noun only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All nouns, in the order of the table."""
        return list(NOUNS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The commands of this noun."""
        if name not in NOUNS:
            return None
        module, attribute, _ = NOUNS[name]
        found: click.Command = getattr(importlib.import_module(module), attribute)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line each, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in NOUNS.items()])


@click.group(cls=Nouns)
def training() -> None:
    """Training: from the need to the certificate."""

"""The tree of commands; each is loaded when it is called, so that `--help` is quick."""

from __future__ import annotations

import importlib
import sys

import click

from kmsvc import __version__
from kmsvc.core.texts import N_

# command -> (module, attribute, one line)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "demo": ("kmsvc.cli.demo", "demo", N_("Make a believable centre and serve it on this machine.")),
    "init": ("kmsvc.cli.operate", "init", N_("Create or upgrade database and index; prints a one-time first sign-in.")),
    "serve": ("kmsvc.cli.serve", "serve", N_("Serve pages and run the worker, together.")),
    "web": ("kmsvc.cli.serve", "web", N_("Serve pages only; run `kmsvc worker` beside it.")),
    "worker": ("kmsvc.cli.serve", "worker", N_("Run the background worker only.")),
    "people": ("kmsvc.cli.people", "people", N_("Accounts, units, tokens.")),
    "process": ("kmsvc.cli.process", "process", N_("Processes and change requests.")),
    "knowledge": ("kmsvc.cli.knowledge", "knowledge", N_("Articles, and what readers say of them.")),
    "training": ("kmsvc.cli.training", "training", N_("Courses, questions, exams and certificates.")),
    "search": ("kmsvc.cli.search", "search", N_("Search and keep the index.")),
    "standards": ("kmsvc.cli.standards", "standards", N_("What standards ask for, where the centre stands, duties and their dates.")),
    "audit": ("kmsvc.cli.audit", "audit", N_("The audit trail.")),
    "access": ("kmsvc.cli.access", "access", N_("Who was shown secret text.")),
    "operations": ("kmsvc.cli.operate", "operations", N_("Outbox, mail and settings of the centre.")),
    "hooks": ("kmsvc.cli.hooks", "hooks", N_("Tell other systems what happens here.")),
    "assistant": ("kmsvc.cli.assistant", "assistant", N_("Let assistant programs find, read and cite what a person may.")),
    "backup": ("kmsvc.cli.backup", "backup", N_("Write one file with everything, and verify it.")),
    "restore": ("kmsvc.cli.backup", "restore", N_("Bring a backup back, into an empty place.")),
    "doctor": ("kmsvc.cli.operate", "doctor", N_("Look at everything that must be right, and say what is not.")),
}


class Lazy(click.Group):
    """A group that imports a command only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of this name."""
        if name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[name]
        found: click.Command = getattr(importlib.import_module(module), attribute)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line each, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kmsvc")
def cli() -> None:
    """kmsvc: processes and knowledge of a contact centre in one service."""


def main() -> None:
    """The console script: exit 0 done, 1 part of it failed, 2 refused with one sentence; never a traceback."""
    from kmsvc.cli.glue import run

    sys.exit(run(cli))

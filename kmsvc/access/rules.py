"""What is noted of secret text, and where it happened."""

from __future__ import annotations

from kmsvc.core.texts import N_, Labelled


class Act(Labelled):
    """What somebody did with secret text. Source: clause 60."""

    SEEN = "seen", N_("was shown it")
    COPY_REFUSED = "copy_refused", N_("copying refused")
    PRINTED = "printed", N_("sent it to print")
    PRINT_REFUSED = "print_refused", N_("printing refused")


class Place(Labelled):
    """Where the text stood."""

    PAGE = "page", N_("its page")
    ANSWER = "answer", N_("beside the results")
    VERSION = "version", N_("an old version")
    COMPARISON = "comparison", N_("a comparison")
    EDITOR = "editor", N_("the editor")
    PROGRAM = "program", N_("by a program")
    COMMAND = "command", N_("by a command")


TRIED = (Act.COPY_REFUSED, Act.PRINTED, Act.PRINT_REFUSED)
"""What the page itself reports; that text was shown is noted before it is sent."""
MOST_BLOCKS = 200
LONGEST_BLOCKS = 4000


def touched(reported: str | None, known: tuple[str, ...]) -> tuple[str, ...]:
    """The blocks a page reports, of those that are there; all of them where it names none of these."""
    named = {one.strip() for one in (reported or "").split(",")}
    return tuple(one for one in known if one in named) or known

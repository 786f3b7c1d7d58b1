"""Keep the Chinese and English catalogues in step with the texts in code and templates.

`update` collects new texts, `fill FILE` takes translations from a file, `check` fails on what is missing.
"""

from __future__ import annotations

import fcntl
import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "kmsvc/translations"
SOURCE_LANGUAGE = "en"
LANGUAGES = ("zh_Hans_CN", SOURCE_LANGUAGE)
CONTEXT_END = "\x04"  # what gettext itself puts between a context and a text
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(["_", "_l", "N_", "gettext", "lazy_gettext"]),
    **dict.fromkeys(["ngettext", "lazy_ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "lazy_pgettext", "_p", "_lp", "NP_"], ((1, "c"), 2)),
    **dict.fromkeys(["npgettext", "lazy_npgettext"], ((1, "c"), 2, 3)),
}
HEADER = "# Texts of kmsvc. `python tools/texts.py` says how to work on them."
DROPPED = (
    '"POT-Creation-Date',
    '"PO-Revision-Date',
    '"Generated-By',
    '"Report-Msgid',
    '"Last-Trans',
    '"Language-Team',
)


def empty_catalogue(language: str | None) -> Catalog:
    """A catalogue without texts."""
    return Catalog(
        locale=language, project="kmsvc", version="1", header_comment=HEADER, charset="utf-8", fuzzy=False
    )


def extract() -> Catalog:
    """Every marked text of kmsvc, with the files it stands in."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as stream:
        methods, options = parse_mapping_cfg(stream)
    found = empty_catalogue(None)
    rows = extract_from_dir(
        ROOT,
        methods,
        options,
        KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
        directory_filter=lambda folder: (ROOT / "kmsvc") in (Path(folder), *Path(folder).parents),
    )
    for name, _line, text, comments, context in rows:
        found.add(text, None, [(Path(name).as_posix(), 0)], auto_comments=comments, context=context)
    return found


def path_of(language: str) -> Path:
    """Where the catalogue of a language lies."""
    return TRANSLATIONS / language / "LC_MESSAGES/messages.po"


def read(language: str) -> Catalog:
    """The catalogue of a language; an empty one before the first update."""
    path = path_of(language)
    if not path.exists():
        return empty_catalogue(language)
    with path.open("rb") as stream:
        return read_po(stream, locale=language)


def write(catalogue: Catalog, language: str) -> None:
    """Write a catalogue sorted and undated, so that two changes seldom touch the same lines."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=110, sort_output=True, include_lineno=False)
    lines = [line for line in buffer.getvalue().decode().splitlines() if not line.startswith(DROPPED)]
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def merged(found: Catalog, language: str) -> Catalog:
    """The found texts with the translations that are already known; texts no longer used go to the end."""
    old = read(language)
    known = {key(message): message for message in [*old.obsolete.values(), *old] if message.id}
    fresh = empty_catalogue(language)
    for message in found:
        if not message.id:
            continue
        before = known.pop(key(message), None)
        text = before.string if before and before.pluralizable == message.pluralizable else None
        if language == SOURCE_LANGUAGE and not is_full(text):
            text = message.id
        fresh.add(
            message.id,
            text,
            message.locations,
            before.flags if before else (),
            message.auto_comments,
            before.user_comments if before else (),
            context=message.context,
        )
    for message in known.values():
        if is_full(message.string):
            message.locations = []
            fresh.obsolete[message.id if isinstance(message.id, str) else message.id[0]] = message
    return fresh


def key(message: Message) -> str:
    """A text with its context, as gettext joins them."""
    text = message.id if isinstance(message.id, str) else message.id[0]
    return f"{message.context}{CONTEXT_END}{text}" if message.context else text


def is_full(text: str | tuple[str, ...] | list[str] | None) -> bool:
    """Whether a translation has every form it needs."""
    return all(text) if isinstance(text, (tuple, list)) and text else bool(text)


def faults(found: Catalog, language: str) -> Iterator[str]:
    """One sentence for each text that is missing, untranslated, fuzzy or has other placeholders."""
    catalogue = read(language)
    for message in found:
        if not message.id:
            continue
        there = catalogue.get(message.id, message.context)
        shown = f"{language}: {key(message).replace(CONTEXT_END, ' | ')!r} ({message.locations[0][0]})"
        if there is None:
            yield f"{shown} is not in the catalogue"
        elif not is_full(there.string):
            yield f"{shown} is not translated"
        elif there.fuzzy:
            yield f"{shown} is fuzzy"
        else:
            yield from (f"{shown}: {error}" for error in there.check(catalogue))


@contextmanager
def alone() -> Iterator[None]:
    """Hold the catalogues for one writer at a time."""
    TRANSLATIONS.mkdir(parents=True, exist_ok=True)
    with (TRANSLATIONS / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def update(pairs: dict[str, str] | None = None) -> int:
    """Write both catalogues anew, the Chinese one filled from `pairs`.

    pairs: text -> Chinese; a text with a context is written context, U+0004, text.
    """
    found = extract()
    with alone():
        for language in LANGUAGES:
            catalogue = merged(found, language)
            for message in catalogue if pairs and language != SOURCE_LANGUAGE else ():
                if message.id and (text := (pairs or {}).get(key(message))):
                    message.string = (text,) if message.pluralizable else text
            write(catalogue, language)
            empty = sum(not is_full(message.string) for message in catalogue if message.id)
            print(f"{language}: {len(catalogue)} texts, {empty} without translation")
    return 0


def check() -> int:
    """Exit status 1 with one line for each fault."""
    found = extract()
    wrong = [line for language in LANGUAGES for line in faults(found, language)]
    for line in wrong:
        print(line)
    print(f"texts: {len(found)} in {len(LANGUAGES)} languages, {len(wrong)} faults")
    return 1 if wrong else 0


def main(words: list[str]) -> int:
    """texts.py update | fill FILE.json | check | missing (the untranslated texts as JSON, ready for fill)"""
    if words == ["update"]:
        return update()
    if words == ["check"]:
        return check()
    if words == ["missing"]:
        chinese = merged(extract(), LANGUAGES[0])
        empty = {key(message): "" for message in chinese if message.id and not is_full(message.string)}
        print(json.dumps(empty, ensure_ascii=False, indent=1))
        return 0
    if len(words) == 2 and words[0] == "fill":
        return update(json.loads(Path(words[1]).read_text(encoding="utf-8")))
    print(main.__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

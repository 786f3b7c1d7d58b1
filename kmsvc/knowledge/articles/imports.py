"""Articles from files: every row counted, every refused one named with file, row and reason; twice is once.

Identity is the row's external id, else the path below what was given, with sheet and title. Batches are transactions of
their own: an import that is interrupted keeps what it finished and can be run again (R-U4)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from kmsvc.convert.assigning import EVERY, letter
from kmsvc.convert.columns import meaning_of
from kmsvc.convert.result import Picture, Section
from kmsvc.core.actors import Actor
from kmsvc.core.breaks import BrokenOff
from kmsvc.core.errors import InvalidInput, Refusal
from kmsvc.core.texts import N_, Filled, compared
from kmsvc.core.work import Database, Work
from kmsvc.knowledge.articles.import_reading import LONGEST_ID, Candidate, candidates, elsewhere, files_below
from kmsvc.knowledge.articles.import_rows import RowTold, Words, reason_of, sentences, told_of, where
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.rules import LONGEST, MOST_ENTRIES, Confidentiality
from kmsvc.knowledge.articles.usecases import Content, take_in, tell_of_import
from kmsvc.knowledge.exports.rules import own_number
from kmsvc.knowledge.scopes.permissions import KEEP_SCOPES
from kmsvc.knowledge.scopes.rules import Dimension
from kmsvc.people.accounts.queries import person_by_login

BATCH, FIRST = 100, 20
"""How many rows are one transaction; of a dry run the first ones are told sooner."""
_DAY = re.compile("(\\d{4})[-/.\u5e74](\\d{1,2})[-/.\u6708](\\d{1,2})\u65e5?(?:[T ]\\d{1,2}:\\d{2}.*)?")
"""2026-01-05, 2026/1/5, 2026.1.5 or the same with the Chinese words for year, month and day; a time may follow."""
KeepPicture = Callable[[Work, int, Picture], None]
"""Stores a picture of a document with its article; given by the door, since files are another slice's rows."""


@dataclass
class Report:
    """What an import did. read = created + updated + unchanged + rejected. stopped: somebody ended it before its end.

    at: the file and row in hand, for whoever must say where it broke off. sheets: how each sheet was read, a SheetLook with its file.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    stopped: bool = False
    at: tuple[str, int | None] | None = None
    sheets: list[dict[str, Any]] = field(default_factory=list)

    @property
    def taken(self) -> int:
        """How many are in, whether they changed anything or not."""
        return self.created + self.updated + self.unchanged

    @property
    def read(self) -> int:
        """How many rows were counted."""
        return self.taken + len(self.rejected)

    def refuse(self, one: RowTold) -> None:
        """Name one that could not be taken."""
        self.rejected.append({"file": one.file, **({"sheet": one.sheet} if one.sheet else {}), "row": one.row, "reason": one.why})

    def as_json(self) -> dict[str, Any]:
        """The shape scripts read."""
        return {"read": self.read, "created": self.created, "updated": self.updated, "unchanged": self.unchanged,
                "rejected": self.rejected, "warnings": self.warnings, "stopped": self.stopped,
                **({"sheets": [_sheet_json(one) for one in self.sheets]} if self.sheets else {})}


def _sheet_json(one: Mapping[str, Any]) -> dict[str, Any]:
    """How a sheet was read, so that a program can say otherwise (`columns`, `heading`)."""
    return {"file": one["file"], "sheet": one["sheet"], "heading": one["heading"], "left_out": one["skip"], "columns": [
        {"column": letter(position), **column} for position, column in enumerate(one["columns"])]}


@dataclass(frozen=True)
class Defaults:
    """What holds for rows that say nothing else. home: the centre's own name in ids it gave to files it exported. add_scopes: what
    nobody knows of products, regions, channels and customer types is added, for who may. layout: what the columns of sheets are, by
    file, "*" for every one (convert/assigning.py)."""

    category: str | None = None
    owner_login: str | None = None
    publish: bool = False
    home: str = ""
    add_scopes: bool = False
    layout: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def content_of(section: Section) -> Content:
    """What a section says, as content; InvalidInput names what does not fit."""
    fields = section.fields
    wrong: dict[str, Any] = {}

    def day(key: str) -> date | None:
        text = unicodedata.normalize("NFKC", str(fields.get(key) or "")).strip()
        if not text:
            return None
        found = _DAY.fullmatch(text)
        try:
            if found is None:
                raise ValueError(text)
            read = date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            wrong[key] = [Filled(N_("“%(said)s” is no day; write 2026-11-21."), said=text[:40])]
            return None
        if not 1900 <= read.year <= 2200:
            wrong[key] = [N_("This day is outside 1900 to 2200.")]
        return read

    def many(key: str) -> tuple[str, ...]:
        value = fields.get(key) or []
        return tuple(value if isinstance(value, list) else [value])

    title = section.title.strip()
    if len(title) > LONGEST["title"]:
        wrong["title"] = [N_("A title has at most 200 characters.")]
    if len(str(fields.get("category") or "")) > LONGEST["category"]:
        wrong["category"] = [N_("A category has at most 200 characters.")]
    if len(str(fields.get("external_id") or "")) > LONGEST_ID:
        wrong["external_id"] = [N_("An external id has at most 400 characters.")]
    summary, tags, aliases = str(fields.get("summary") or ""), many("tags"), many("aliases")
    for name, said in (("summary", summary), ("body", section.body_markdown)):
        if len(said) > LONGEST[name]:
            wrong[name] = [N_("This text is too long: a summary has at most 1000 characters, a text 100,000.")]
    for name, entries in (("tags", tags), ("aliases", aliases)):
        if len(entries) > MOST_ENTRIES or any(len(one) > LONGEST[name] for one in entries):
            wrong[name] = [N_("At most 50, and none longer than a line.")]
    language = str(fields.get("language") or "zh_Hans_CN")
    language = "en" if language.lower().startswith("en") else "zh_Hans_CN"
    level = str(fields.get("confidentiality") or Confidentiality.SAYABLE)
    if level not in set(Confidentiality):
        wrong["confidentiality"] = [N_("One of sayable, internal, secret.")]
    scopes = {one.value: () if [meaning_of("scope_all", word) for word in many(one.value)] == ["all"] else many(one.value)
              for one in Dimension if fields.get(one.value)}
    content = Content(title=title, body=section.body_markdown, summary=summary, tags=tags, aliases=aliases,
                      language=language, confidentiality=level, valid_from=day("valid_from"),
                      valid_to=day("valid_to"), scopes=scopes)
    if wrong:
        raise InvalidInput(wrong)
    return content


def import_articles(db: Database, actor: Actor, paths: Iterable[Path], defaults: Defaults, *, words: Words,
                    keep_picture: KeepPicture | None = None, dry_run: bool = False,
                    progress: Callable[[int], None] = lambda done: None,
                    stopping: Callable[[], bool] = lambda: False, report: Report | None = None,
                    rows: Callable[[list[RowTold]], None] = lambda told: None) -> Report:
    """Import files and folders. dry_run: everything is checked and counted, nothing is kept. rows: told what became of each row.

    stopping: asked before each file and after each batch; what is finished by then stays. report: filled in as batches are
    kept, for a caller that must say what was kept even when somebody ends this in the middle. Raises BrokenOff when it
    breaks off by itself: what is in stays, the same again takes the rest.
    """
    report = Report() if report is None else report
    try:
        _read_all(db, actor, paths, defaults, words, keep_picture, dry_run, progress, stopping, report, rows)
    except Exception as error:
        if dry_run or not report.at or (isinstance(error, Refusal) and not report.taken):
            raise
        raise BrokenOff(error, report, taken=report.taken, file=report.at[0], row=report.at[1]) from error
    return report


def _read_all(db: Database, actor: Actor, paths: Iterable[Path], defaults: Defaults, words: Words,
              keep_picture: KeepPicture | None, dry_run: bool, progress: Callable[[int], None],
              stopping: Callable[[], bool], report: Report, rows: Callable[[list[RowTold]], None]) -> None:
    owners = _Owners(db, actor)
    default_owner = owners.of(defaults.owner_login) if defaults.owner_login else None
    batch: list[Candidate] = []
    seen: dict[str, str] = {}
    titles: dict[str, str] = {}

    def flush() -> None:
        if batch:
            told = _one_batch(db, actor, batch, defaults, default_owner, owners, report, words, dry_run, keep_picture)
            batch.clear()
            rows([_beside_others(one, titles, words) for one in told])
            progress(report.read)

    files = list(files_below(paths))
    every = elsewhere((path for path, _ in files), defaults.layout.get(EVERY, {}))
    for path, name in files:
        if report.stopped or stopping():
            report.stopped = True
            break
        report.at = (name, None)
        for one in candidates(path, name, report, words, {**every, **defaults.layout.get(name, {})}):
            if one.identity in seen:
                why = N_("This external id stands twice: %(identity)s. The first time it is %(where)s.") if one.section.fields.get(
                    "external_id") else N_("The same title stands in %(where)s already. One of the two needs another title.")
                one = replace(one, refused=words(why, {"identity": one.identity, "where": seen[one.identity]}))  # noqa: PLW2901
            elif one.identity:
                seen[one.identity] = where(words, one.file, one.section.sheet, one.row)
            batch.append(one)
            if len(batch) >= (FIRST if dry_run and not report.read else BATCH):
                flush()
                report.stopped = stopping()
                if report.stopped:
                    break
    flush()


def _beside_others(one: RowTold, titles: dict[str, str], words: Words) -> RowTold:
    """With a doubt where an earlier row of this import has the same title: readers would find two."""
    if one.outcome == "rejected" or not one.title:
        return one
    here = where(words, one.file, one.sheet, one.row)
    other = titles.setdefault(compared(one.title), here)
    return one if other == here else replace(one, doubts=[*one.doubts, *sentences([("same_title", {"where": other})], words)])


class _DryRun(Exception):
    """Ends a batch that must leave nothing behind."""


def _one_batch(db: Database, actor: Actor, batch: list[Candidate], defaults: Defaults, default_owner: int | None,
               owners: _Owners, report: Report, words: Words, dry_run: bool, keep_picture: KeepPicture | None) -> list[RowTold]:
    counts = {"created": 0, "updated": 0, "unchanged": 0}
    told: list[RowTold] = []
    added: list[str] = []
    try:
        with db.begin(actor) as work:
            if defaults.add_scopes:
                work.permit(KEEP_SCOPES)
            touched: list[int] = []
            held = titles_held(work, [one.identity for one in batch], defaults.home)
            for one in batch:
                report.at = (one.file, one.row)
                if one.refused:
                    told.append(_told_refused(one, one.refused))
                    continue
                try:
                    owner = owners.of(str(one.section.fields["owner"])) if one.section.fields.get("owner") else default_owner
                    outcome, article_id = take_in(
                        work, content_of(one.section), external_id=one.identity, owner_id=owner,
                        category=str(one.section.fields.get("category") or defaults.category or "") or None,
                        publish=defaults.publish, number=own_number(one.identity, defaults.home),
                        added=added if defaults.add_scopes else None)
                    counts[outcome] += 1
                    if keep_picture is not None and outcome != "unchanged" and not dry_run:
                        _keep_pictures(work, article_id, one, keep_picture, report, words)
                    if outcome != "unchanged":
                        touched.append(article_id)
                    other = held.get(one.identity, "") if outcome == "updated" else ""
                    if compared(other) in ("", compared(one.section.title), compared(one.section.named)):
                        doubts = one.section.doubts
                    else:
                        doubts = [["other_title", {"title": other}], *one.section.doubts]
                    told.append(told_of(one.file, one.row, one.section, outcome, category=defaults.category or "",
                                        doubts=sentences(doubts, words)))
                except InvalidInput as error:
                    told.append(_told_refused(one, reason_of(error, words)))
                except Refusal as error:
                    if error.status == 403:
                        raise
                    told.append(_told_refused(one, words(error.sentence, error.params)))
            tell_of_import(work, touched)
            if dry_run:
                raise _DryRun()
    except _DryRun:
        pass
    for name in dict.fromkeys(added):
        said = words(N_("Added to where articles apply: %(name)s"), {"name": name})
        if said not in report.warnings:
            report.warnings.append(said)
    report.created += counts["created"]
    report.updated += counts["updated"]
    report.unchanged += counts["unchanged"]
    for row in told:
        if row.outcome == "rejected":
            report.refuse(row)
    return told


def _told_refused(one: Candidate, why: str) -> RowTold:
    """A refused row. Its corrected form keeps the identity, unless that is the trouble."""
    told = told_of(one.file, one.row, one.section, "rejected", why=why, identity="" if one.refused else one.identity)
    said = one.cells.get("title") or one.cells.get("aliases") or ""
    return replace(told, cells=dict(one.cells), title=" ".join(said.split())[:200]) if one.cells else told


def _keep_pictures(work: Work, article_id: int, one: Candidate, keep: KeepPicture, report: Report, words: Words) -> None:
    """The text is worth having without a picture that is refused; the report says so."""
    for picture in one.pictures:
        try:
            keep(work, article_id, picture)
        except Refusal as error:
            report.warnings.append(words(N_("%(file)s: a picture was left out: %(reason)s"), {
                "file": one.file, "reason": words(error.sentence, error.params)}))


def titles_held(work: Work, identities: Iterable[str], home: str) -> dict[str, str]:
    """By identity, what the articles known by it are called until now."""
    asked = [one for one in identities if one]
    numbers = {number: one for one in asked if (number := own_number(one, home))}
    found = work.session.execute(
        select(Article.external_id, Article.number, ArticleVersion.title).join(
            ArticleVersion, ArticleVersion.id == func.coalesce(Article.draft_version_id, Article.published_version_id))
        .where(Article.external_id.in_(asked) | (Article.external_id.is_(None) & Article.number.in_(numbers)))
        .order_by(Article.id))
    return {external_id or numbers[number]: title for external_id, number, title in found}


class _Owners:
    """Logins to person ids, looked up once."""

    def __init__(self, db: Database, actor: Actor) -> None:
        self.db, self.actor, self.known = db, actor, dict[str, int]()

    def of(self, login: str) -> int:
        """The person's id, or InvalidInput."""
        if login not in self.known:
            with self.db.look(self.actor) as work:
                person = person_by_login(work.session, login)
            if person is None:
                raise InvalidInput({"owner": [N_("There is no account with this login.")]})
            self.known[login] = person.id
        return self.known[login]

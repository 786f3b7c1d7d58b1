"""Inputs and answers of questions, banks and topics. Only who may see questions gets an answer with a key in it (E1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields, validate

from kmsvc.convert.refusals import Refused
from kmsvc.core.errors import InvalidInput
from kmsvc.core.offers import Offer
from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Text, Whole, Words
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.knowledge.citations.naming import refs_named
from kmsvc.people.accounts.models import Person
from kmsvc.process.definitions.models import Process
from kmsvc.process.definitions.permissions import may_see
from kmsvc.training.questions import listing
from kmsvc.training.questions.formats.choosing import Said, said
from kmsvc.training.questions.formats.every import FORMATS
from kmsvc.training.questions.importing import Into
from kmsvc.training.questions.kinds import Kind, Question
from kmsvc.training.questions.listing import BankLine, Filters, FlagLine, TopicLine, VersionLine
from kmsvc.training.questions.rules import Band, State, Why
from kmsvc.training.questions.storing import SCHEMA, StoredWrong, from_json, to_json
from kmsvc.training.questions.usecases import LANGUAGES, Around

NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}
KINDS, BANDS, STATES, WHYS = ([one.value for one in kind] for kind in (Kind, Band, State, Why))
_ID = {"load_default": None, "allow_none": True, "validate": validate.Range(min=1, max=2**31 - 1)}


class AboutInput(InputSchema):
    """What is said of a question beside its words."""

    topic = Whole(**_ID, metadata={"label": N_("Topic"), "description": "id of a topic"})
    band = fields.String(load_default=Band.MIDDLE.value, validate=validate.OneOf(BANDS), metadata={"label": N_("Difficulty")})
    language = fields.String(load_default=LANGUAGES[0], validate=validate.OneOf(LANGUAGES), metadata={"label": N_("Language")})
    tags = Words(metadata={"label": N_("Tags")})
    process = Whole(**_ID, metadata={"label": N_("Process"), "description": "id of a process"})
    process_step = Line(load_default=None, allow_none=True, validate=validate.Length(max=200),
                        metadata={"label": N_("Step of the process")})
    external_id = Line(load_default=None, allow_none=True, validate=validate.Length(max=200), metadata={"label": N_("Outside number")})
    cites = Text(load_default=None, allow_none=True, validate=validate.Length(max=20_000), metadata={
        "label": N_("What it rests on"), "description": "numbers of articles and processes; a paragraph as NUMBER#PARAGRAPH"})
    reason = Line(load_default="", allow_none=True, validate=validate.Length(max=500), metadata={"label": N_("What changed, and why")})


class QuestionInput(AboutInput):
    """A question: its words as JSON of the schema of `storing`, with what is said of it."""

    question = fields.Dict(keys=fields.String(), required=True, error_messages=NEEDED, metadata={
        "label": N_("Question"), "description": "stem, body with its sort, explanation, points; numbers as texts"})


class NewQuestion(QuestionInput):
    """With the bank it goes into."""

    bank = Whole(required=True, validate=validate.Range(min=1, max=2**31 - 1), error_messages=NEEDED, metadata={
        "label": N_("Question bank"), "description": "id of a bank"})
    active = fields.Boolean(load_default=False, metadata={"label": N_("May be asked at once")})


class NewForm(AboutInput):
    """The form of a new question, without the fields of its words."""

    bank = Whole(required=True, validate=validate.Range(min=1, max=2**31 - 1), error_messages=NEEDED,
                 metadata={"label": N_("Question bank")})
    active = fields.Boolean(load_default=False, metadata={"label": N_("May be asked at once")})


class _Narrow(InputSchema):
    """What a list of questions is narrowed to."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200), metadata={"label": N_("Search")})
    bank = Whole(**_ID, metadata={"label": N_("Question bank")})
    topic = Whole(**_ID, metadata={"label": N_("Topic")})
    kind = Choice(KINDS)
    band = Choice(BANDS)
    state = Choice(STATES)
    language = Choice(list(LANGUAGES))
    process = Whole(**_ID, metadata={"label": N_("Process")})
    author = Whole(**_ID, metadata={"label": N_("Author")})
    flag = Choice(WHYS)


class QuestionFilters(_Narrow):
    """The filters of the page, all in the address."""

    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    form = Choice(sorted(FORMATS))


class QuestionsQuery(_Narrow, PageQuery):
    """The filters of the list for programs."""


class BankInput(InputSchema):
    """A bank: its name, what it is for and who keeps it."""

    name = Line(required=True, validate=validate.Length(min=1, max=200), error_messages=NEEDED, metadata={"label": N_("Name")})
    about = Text(load_default="", allow_none=True, validate=validate.Length(max=2000), metadata={"label": N_("What it is for")})
    keeper = Whole(**_ID, metadata={"label": N_("Who keeps it"), "description": "id of a person"})


class TopicInput(InputSchema):
    """A topic: its name and what it stands below."""

    name = Line(required=True, validate=validate.Length(min=1, max=200), error_messages=NEEDED, metadata={"label": N_("Name")})
    parent = Whole(**_ID, metadata={"label": N_("Below"), "description": "id of a topic"})


class ImportForm(InputSchema):
    """How files are brought in. columns: `C=stem`, with commas or lines between."""

    bank = Line(required=True, validate=validate.Length(min=1, max=200), error_messages=NEEDED, metadata={"label": N_("Question bank")})
    draft = fields.Boolean(load_default=False, metadata={"label": N_("As drafts")})
    language = fields.String(load_default=LANGUAGES[0], validate=validate.OneOf(LANGUAGES), metadata={"label": N_("Language")})
    columns = Text(load_default="", allow_none=True, validate=validate.Length(max=2000), metadata={"label": N_("Columns")})
    heading = Line(load_default="", allow_none=True, validate=validate.Length(max=10), metadata={"label": N_("Row of the headings")})
    dry_run = fields.Boolean(load_default=False, metadata={"label": N_("Only see what would happen")})


class LinesQuery(InputSchema):
    """What narrows the lines of a report."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200), metadata={"label": N_("Search")})
    outcome = fields.String(load_default=None, allow_none=True,
                            validate=validate.OneOf(["rejected", "updated", "created", "unchanged"]))
    cursor = Whole(load_default=0, validate=validate.Range(min=0, max=1_000_000))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


def filters_of(asked: Mapping[str, Any]) -> Filters:
    """What the address asks for."""
    return Filters(**{name: asked[name] for name in ("q", "bank", "topic", "kind", "band", "state", "language", "process", "author",
                                                     "flag")})


def question_in(data: Mapping[str, Any]) -> Question:
    """The words of a question out of JSON; InvalidInput where it is none."""
    try:
        return from_json({"schema": SCHEMA, **data})
    except StoredWrong as error:
        raise InvalidInput({"question": [N_("This is no question as the description of the interface has it.")]}) from error


def around_of(work: Work, data: Mapping[str, Any], *, cites: bool = True) -> Around:
    """What the input says beside the words; InvalidInput for a process this caller does not see."""
    if data["process"] is not None:
        found = work.session.get(Process, data["process"])
        if found is None or not may_see(work.actor, found):
            raise InvalidInput({"process": [N_("There is no such process.")]})
    refs = refs_named(work.session, work.actor, data["cites"]) if cites and data["cites"] is not None else None
    return Around(data["topic"], data["band"], data["language"], tuple(one[:60] for one in data["tags"] or ()), data["process"],
                  data["process_step"] or None, data["external_id"] or None, refs)


def said_of(data: Mapping[str, Any]) -> Said | None:
    """What the form says the columns of sheets are; InvalidInput at its fields."""
    columns, heading = (data.get("columns") or "").replace("\n", ","), data.get("heading") or ""
    try:
        return said([columns], heading) if columns or heading else None
    except Refused as error:
        where = "heading" if error.code == "heading_word" else "columns"
        raise InvalidInput({where: [Filled(error.sentence, **error.params)]}) from error


def into_of(data: Mapping[str, Any]) -> Into:
    """Where imported questions go."""
    return Into(data["bank"], data["language"], data["draft"], said_of(data))


def keeper_of(work: Work, person_id: int | None) -> int | None:
    """A person that is there, or None."""
    if person_id is not None and work.session.get(Person, person_id) is None:
        raise InvalidInput({"keeper": [N_("This cannot be chosen now.")]})
    return person_id


def line_json(one: listing.Line) -> dict[str, Any]:
    """A question in a list: without its key."""
    return {"id": one.id, "number": one.number, "version": one.version, "external_id": one.external_id, "bank_id": one.bank_id,
            "bank": one.bank, "topic_id": one.topic_id, "topic": one.topic or None, "kind": one.kind, "band": one.band,
            "state": one.state, "flag": one.flagged_why, "language": one.language, "tags": list(one.tags), "head": one.head,
            "process_id": one.process_id, "process_step": one.process_step, "version_id": one.version_id, "difficulty": one.difficulty,
            "discrimination": one.discrimination, "answered": one.answered, "exposure": one.exposure, "author": one.made_by or None,
            "changed_at": one.changed_at, "url": one.url}


def card_json(one: listing.Line, question: Question, flags: Sequence[FlagLine], offers: Sequence[Offer]) -> dict[str, Any]:
    """A question with its words and key."""
    return line_json(one) | {"question": to_json(question), "flags": [
        {"why": each.why, "note": each.note or None, "raised_at": each.raised_at, "ended_at": each.ended_at,
         "ended_note": each.ended_note or None} for each in flags],
        "allowed": [{"verb": each.verb, "href": f"/api/v1/training/questions/{one.id}/{each.verb}", "method": "POST",
                     "forward": each.forward, "schema": each.schema} for each in offers]}


def version_json(one: VersionLine, question: Question | None = None) -> dict[str, Any]:
    """A version, with its words where they are asked for."""
    return {"id": one.id, "no": one.no, "content_hash": one.content_hash, "reason": one.reason or None, "made_by": one.made_by or None,
            "made_at": one.made_at, "current": one.current, **({"question": to_json(question)} if question is not None else {})}


def bank_json(one: BankLine) -> dict[str, Any]:
    """A bank with its counts."""
    return {"id": one.id, "number": one.number, "version": one.version, "name": one.name, "about": one.about or None,
            "keeper_id": one.keeper_id, "keeper": one.keeper or None, "counts": one.counts, "removed": one.removed_at is not None,
            "url": f"/training/questions/banks/{one.id}"}


def topic_json(one: TopicLine) -> dict[str, Any]:
    """A topic in its tree."""
    return {"id": one.id, "version": one.version, "name": one.name, "parent_id": one.parent_id, "level": one.level, "questions": one.own,
            "with_below": one.below}

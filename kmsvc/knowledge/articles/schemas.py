"""Inputs and outputs of articles."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput
from kmsvc.core.schemas import Choice, Day, InputSchema, Line, Text, Whole, Words
from kmsvc.core.texts import N_
from kmsvc.knowledge.articles.import_rows import LOOKED_FOR
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.queries import ArticleCard
from kmsvc.knowledge.articles.rules import ENDS_BEFORE, LONGEST, MOST_ENTRIES, Confidentiality, ends_before
from kmsvc.knowledge.articles.usecases import Audience, Content
from kmsvc.knowledge.articles.versions import VersionLine
from kmsvc.knowledge.scopes.rules import Dimension
from kmsvc.people.accounts.queries import person_by_login
from kmsvc.people.units.queries import audience_by_code, root_unit

_APPLIES = ("it applies to, by name or id of /knowledge/scopes: a list, or with commas between; an empty list for all of them; an "
            "edited article keeps what it had where this is left out")
LEVELS = [one.value for one in Confidentiality]


class ArticleInput(InputSchema):
    """What an author writes of an article."""

    title = Line(required=True, validate=validate.Length(max=LONGEST["title"]))
    body = Text(required=True, validate=validate.Length(max=LONGEST["body"]))
    summary = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["summary"]))
    category = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["category"]))
    tags = fields.List(Line(validate=validate.Length(max=LONGEST["tags"])), load_default=list,
                       validate=validate.Length(max=MOST_ENTRIES))
    aliases = fields.List(Line(validate=validate.Length(max=LONGEST["aliases"])), load_default=list,
                          validate=validate.Length(max=MOST_ENTRIES))
    language = fields.String(load_default="zh_Hans_CN", validate=validate.OneOf(["zh_Hans_CN", "en"]))
    confidentiality = fields.String(load_default="sayable", validate=validate.OneOf(LEVELS))
    valid_from = Day(load_default=None, allow_none=True)
    valid_to = Day(load_default=None, allow_none=True)
    product = Words(metadata={"description": f"products {_APPLIES}", "label": Dimension.PRODUCT.label})
    region = Words(metadata={"description": f"regions {_APPLIES}", "label": Dimension.REGION.label})
    channel = Words(metadata={"description": f"channels {_APPLIES}", "label": Dimension.CHANNEL.label})
    customer = Words(metadata={"description": f"customer types {_APPLIES}", "label": Dimension.CUSTOMER.label})
    owner = Line(load_default=None, allow_none=True, validate=validate.Length(max=64), metadata={
        "description": "login; without one a new article is its writer's, and an edited one keeps whose it is", "label": N_("Owner")})
    audience = Line(load_default=None, allow_none=True, validate=validate.Length(max=64), metadata={
        "description": "code of a unit; without one a new article is for the whole centre, and an edited one for whom it was",
        "label": N_("For whom")})
    publish = fields.Boolean(load_default=False)
    note = Text(load_default=None, allow_none=True, validate=validate.Length(max=1000))
    template = Whole(load_default=None, allow_none=True, metadata={
        "description": "id of the template a new article begins with; an edit passes it over", "label": N_("Template")})

    @validates_schema(skip_on_field_errors=False)
    def _days(self, data: dict[str, Any], **kwargs: Any) -> None:
        """The days are told together with whatever else does not fit."""
        if ends_before(data.get("valid_from"), data.get("valid_to")):
            raise ValidationError({"valid_to": [ENDS_BEFORE]})


class Entries(Text):
    """Tags or other names typed as one text, separated by commas or lines. longest: characters of each."""

    breaks = re.compile("[,;\n\uff0c\uff1b\u3001]+")

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        super().__init__(load_default=list, allow_none=True, **kwargs)
        self.longest = longest

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        """The entries, each once; an empty text has none."""
        text = super().deserialize(value, attr, data, **kwargs)
        if not isinstance(text, str):
            return text or []
        found = [part.strip() for part in self.breaks.split(text) if part.strip()]
        if len(found) > MOST_ENTRIES or any(len(one) > self.longest for one in found):
            raise ValidationError(N_("At most 50, and none longer than a line."))
        return list(dict.fromkeys(found))


class ArticleForm(ArticleInput):
    """The same from a form. anyway: publish though needed sections of the template are empty."""

    anyway = fields.Boolean(load_default=False)

    tags = Entries(longest=LONGEST["tags"], validate=validate.Length(max=5000))  # type: ignore[assignment]
    aliases = Entries(longest=LONGEST["aliases"], validate=validate.Length(max=10_000))  # type: ignore[assignment]


class KeepArticle(InputSchema):
    """Who owns an article, whom it is for, when it is looked at again."""

    owner = Line(load_default=None, allow_none=True, validate=validate.Length(max=64))
    audience = Line(load_default=None, allow_none=True, validate=validate.Length(max=64))
    review_on = Day(load_default=None, allow_none=True)
    reason = Text(load_default=None, allow_none=True, validate=validate.Length(max=2000))


class Reason(InputSchema):
    """Why."""

    reason = Text(required=True, validate=validate.Length(max=2000))


class Retire(Reason):
    """Why, and what takes its place."""

    superseded_by_id = Whole(load_default=None, allow_none=True)


class RetireForm(Reason):
    """The same from a form: the successor by its number, as people know it."""

    superseded_by = Line(load_default=None, allow_none=True, validate=validate.Length(max=64))


class Revert(Reason):
    """Why, and which version comes back."""

    to_version_id = Whole(required=True)


class ImportChoices(InputSchema):
    """What holds for rows of an import that say nothing else, and whether readers see them at once."""

    category = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    owner = Line(load_default=None, allow_none=True, validate=validate.Length(max=64))
    publish = fields.Boolean(load_default=False)
    add_scopes = fields.Boolean(load_default=False, metadata={
        "description": "add products, regions, channels and customer types that nobody knows; needs the right to keep them",
        "label": N_("Add unknown products and regions")})


class ImportRequest(ImportChoices):
    """The same from a program; dry_run: everything is checked and counted, nothing is kept."""

    dry_run = fields.Boolean(load_default=False)
    columns = Text(load_default=None, allow_none=True, validate=validate.Length(max=10_000), metadata={
        "description": "what columns of sheets are, where their headings do not say it: `A=question, B=answer, Prices!C=ignored, "
                       "Notes!*=ignored`, or the same as a JSON object; `sheets` of the report says how they were read",
        "label": N_("Columns")})
    heading = Line(load_default=None, allow_none=True, validate=validate.Length(max=20), metadata={
        "description": "where the headings of sheets stand: no, yes, or the number of their row; found by itself where left out",
        "label": N_("Row of headings")})


class ImportRows(InputSchema):
    """Which rows of an import are shown; cursor: how many are passed over; bare: the page does not show yet what columns are."""

    show = Choice(LOOKED_FOR)
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=0))
    format = Choice(["csv", "xlsx"])
    bare = fields.Boolean(load_default=False)


class ConfirmRead(InputSchema):
    """The version that was read."""

    version_id = Whole(required=True)


def content_of(data: dict[str, Any]) -> Content:
    """The content an author sent."""
    return Content(title=data["title"], body=data["body"], summary=data["summary"] or "",
                   tags=tuple(one for one in data["tags"] if one), aliases=tuple(one for one in data["aliases"] if one),
                   language=data["language"], confidentiality=data["confidentiality"], valid_from=data["valid_from"],
                   valid_to=data["valid_to"],
                   scopes={one.value: data[one.value] for one in Dimension if data.get(one.value) is not None})


def article_json(card: ArticleCard) -> dict[str, Any]:
    """An article as JSON, its text cut to what the caller may read."""
    return {"id": card.id, "number": card.number, "version": card.version, "external_id": card.external_id,
            "title": card.title, "summary": card.summary, "body": card.body, "state": card.state, "stage": card.stage,
            "validity": card.validity, "category": card.category,
            "owner": card.owner, "version_id": card.version_id, "version_label": card.version_label,
            "effective_on": card.effective_on, "review_on": card.review_on, "valid_from": card.valid_from,
            "valid_to": card.valid_to, "confidentiality": card.confidentiality, "tags": list(card.tags),
            "aliases": list(card.aliases), **{name: list(named) for name, named in card.scopes.items()},
            "language": card.language, "process_id": card.process_id,
            "superseded_by_id": card.superseded_by_id, "url": card.url}


def version_json(line: VersionLine) -> dict[str, Any]:
    """A version of an article as JSON, without its text."""
    return {"id": line.id, "n": line.n, "label": line.label, "title": line.title, "author": line.author, "note": line.note,
            "recorded_at": line.recorded_at, "live_from": line.live_from, "live_until": line.live_until,
            "is_published": line.is_live, "process_version_id": line.process_version_id}


def audience_named(session: Session, code: str | None, article: Article | None = None) -> int | None:
    """Id of the unit or reader group an article is for; None for the whole centre. InvalidInput where there is no such open one; the one
    the article is for now may stay though it was closed."""
    unit, root = audience_by_code(session, code) if code else None, root_unit(session)
    if code and (unit is None or (unit.closed_at is not None and (article is None or unit.id != article.audience_unit_id))):
        raise InvalidInput({"audience": [N_("There is no unit or reader group with this code.")]})
    return unit.id if unit is not None and (root is None or unit.id != root.id) else None


def audience_wanted(session: Session, code: str | None, article: Article) -> Audience | None:
    """The audience an edit asks for; None where it names none."""
    return Audience(audience_named(session, code, article)) if code else None


def owner_named(session: Session, login: str | None) -> int | None:
    """Id of the person behind a login. InvalidInput where there is none."""
    person = person_by_login(session, login) if login else None
    if login and person is None:
        raise InvalidInput({"owner": [N_("There is no account with this login.")]})
    return person.id if person is not None else None

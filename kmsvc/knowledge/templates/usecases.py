"""The verbs of templates: add, change, retire, bring back; and that an article begins with one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.memory import Family, remembered
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.articles.usecases import BEFORE_LIVE
from kmsvc.knowledge.templates.models import Template, TemplateUse
from kmsvc.knowledge.templates.permissions import KEEP_TEMPLATES
from kmsvc.knowledge.templates.rules import blank_of, empty_sections, sections_of
from kmsvc.standards.duties.rules import rolling

TEMPLATES = Family("templates_epoch", frozenset({"knowledge_template", "knowledge_template_use"}))


@dataclass(frozen=True)
class Written:
    """What an editor writes of a template."""

    name: str
    body: str
    language: str = "zh_Hans_CN"
    case_kind: str = ""
    note: str = ""
    category: str = ""
    confidentiality: str = "sayable"
    review_months: int | None = None
    strict: bool = False


def add_template(work: Work, written: Written) -> Template:
    """A new template."""
    work.permit(KEEP_TEMPLATES)
    _check(work, written, None)
    row = Template(**written.__dict__, created_at=work.now, changed_at=work.now, changed_by_id=work.actor.person_id)
    work.session.add(row)
    work.session.flush()
    return row


def change_template(work: Work, template_id: int, written: Written, *, version: int | None = None) -> Template:
    """Write it anew; what began with it is held to what it says from now on. Nothing is written where nothing differs."""
    row = work.get(Template, template_id, lock=True, version=version)
    work.permit(KEEP_TEMPLATES)
    _check(work, written, row.id)
    if any(getattr(row, name) != its for name, its in written.__dict__.items()):
        for name, its in written.__dict__.items():
            setattr(row, name, its)
        row.changed_at, row.changed_by_id = work.now, work.actor.person_id
        work.session.flush()
    return row


def retire_template(work: Work, template_id: int, *, reason: str, version: int | None = None) -> Template:
    """No longer offer it; what began with it is still held to it."""
    row = work.get(Template, template_id, lock=True, version=version)
    work.permit(KEEP_TEMPLATES)
    if row.retired_at is not None:
        raise RuleBroken("knowledge.template.retired", N_("This template is not offered any more."))
    work.because(reason)
    row.retired_at, row.changed_at, row.changed_by_id = work.now, work.now, work.actor.person_id
    work.session.flush()
    return row


def restore_template(work: Work, template_id: int, *, version: int | None = None) -> Template:
    """Offer it again."""
    row = work.get(Template, template_id, lock=True, version=version)
    work.permit(KEEP_TEMPLATES)
    if row.retired_at is None:
        raise RuleBroken("knowledge.template.offered", N_("This template is offered already."))
    row.retired_at, row.changed_at, row.changed_by_id = None, work.now, work.actor.person_id
    work.session.flush()
    return row


def begin_with(work: Work, article_id: int, template_id: int, *, today: date) -> TemplateUse:
    """Note that a new article began with a template; its review day follows from that, where none is set."""
    article = work.get(Article, article_id)
    work.permit(EDIT_ARTICLE, article)
    row = work.session.get(Template, template_id)
    if row is None or row.retired_at is not None:
        raise InvalidInput({"template": [N_("There is no such template.")]})
    made = TemplateUse(article_id=article.id, template_id=row.id, at=work.now)
    work.session.add(made)
    if row.review_months and article.review_on is None:
        article.review_on = rolling(today, row.review_months, today).due_on
    work.session.flush()
    return made


def template_for(work: Work, article_id: int) -> Template | None:
    """The template an article began with."""
    return work.session.scalars(select(Template).join(TemplateUse, TemplateUse.template_id == Template.id).where(
        TemplateUse.article_id == article_id)).one_or_none()


def empty_in(work: Work, article_id: int, body: str) -> tuple[str, ...]:
    """The needed sections of an article's template that a text leaves empty."""
    row = template_for(work, article_id)
    return empty_sections(row.body, body) if row is not None else ()


def _check(work: Work, written: Written, own_id: int | None) -> None:
    if not sections_of(written.body) and not blank_of(written.body):
        raise InvalidInput({"body": [N_("This is needed.")]})
    twin = work.session.scalar(select(Template.id).where(
        Template.language == written.language, Template.name == written.name, Template.id != (own_id or 0)))
    if twin is not None:
        raise InvalidInput({"name": [N_("There is a template of this name in this language already.")]})


def _strict(session: Session) -> frozenset[int]:
    """The articles that began with a strict template; asked for each publication, so it is remembered."""
    return frozenset(session.scalars(select(TemplateUse.article_id).join(Template, Template.id == TemplateUse.template_id).where(
        Template.strict.is_(True))))


def refuse_empty(work: Work, article: Article, version: ArticleVersion) -> None:
    """A strict template lets no text be published that lacks a needed section, through whatever door it comes."""
    if article.id not in remembered(work.session, TEMPLATES, "strict", _strict):
        return
    row = template_for(work, article.id)
    assert row is not None
    empty = empty_sections(row.body, version.body)
    if empty:
        raise RuleBroken("knowledge.template.empty", N_("The template asks for sections that are empty: %(sections)s."),
                         sections=", ".join(empty))


BEFORE_LIVE.append(refuse_empty)

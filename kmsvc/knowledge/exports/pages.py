"""Pages of taking articles away: the form with the list of what was taken, and the file."""

from __future__ import annotations

from operator import itemgetter
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, make_response, render_template, request

from kmsvc.convert.sending import MEDIA_TYPES, ended, table_answer
from kmsvc.core.errors import InvalidInput
from kmsvc.core.i18n import label, local, sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, current_actor, load, look, query_data, settings, today, told_fields
from kmsvc.knowledge.articles.lists import shelves
from kmsvc.knowledge.articles.permissions import READ_SECRET
from kmsvc.knowledge.articles.rules import ArticleState
from kmsvc.knowledge.articles.showing import category_name
from kmsvc.knowledge.exports.permissions import EXPORT_ARTICLES, SEE_EXPORTS
from kmsvc.knowledge.exports.queries import count_exports, export_page
from kmsvc.knowledge.exports.rules import ExportForm, home_of
from kmsvc.knowledge.exports.schemas import ExportList, WantedFile
from kmsvc.knowledge.exports.usecases import make_file, note_export

blueprint = Blueprint("knowledge_exports_pages", __name__, url_prefix="/knowledge/exports")

PAGE = 50
MOST_EXPORTED = 20_000
HEAD = (N_("When"), N_("Who"), N_("Reason"), N_("Articles"), N_("Left out"), N_("Category"), N_("State"), N_("Secret text"), N_("Form"),
        N_("SHA-256"))


@blueprint.get("")
def index() -> str | Response:
    """What was taken, and the form to take some."""
    return _page({})


@blueprint.post("")
def take() -> Response:
    """The file."""
    try:
        data = load(WantedFile)
        with look() as work:
            made = make_file(work, home=home_of(settings().base_url), today=today(),
                             **{name: data[name] for name in ("form", "category", "state", "secret")})
        with begin() as work:
            at = note_export(work, made, data["reason"]).at
    except InvalidInput as error:
        return make_response(_page(told_fields(error)), 422)
    name = f"articles-{local(at, settings().timezone):%Y-%m-%d-%H%M}.{made.form.value}"
    answer = Response(made.data, mimetype=MEDIA_TYPES.get(made.form.value, "application/x-ndjson").split(";")[0])
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _page(errors: dict[str, Any]) -> str | Response:
    require(current_actor(), SEE_EXPORTS)
    asked = query_data(ExportList)
    with look() as work:
        lines, following = export_page(work.session, q=asked["q"], before=None if asked["format"] else asked["cursor"],
                                       limit=MOST_EXPORTED if asked["format"] else PAGE)
        total = count_exports(work.session, q=asked["q"])
        categories = sorted(((name, category_name(name)) for name, _ in shelves(work.session, work.actor)), key=itemgetter(1))
        may_take, may_secret = can(work.actor, EXPORT_ARTICLES), can(work.actor, READ_SECRET)
    if asked["format"]:
        yes, no = sentence(N_("Yes")), sentence(N_("No"))
        rows = [[local(one.at, settings().timezone), one.who, one.reason, one.articles, one.left_out,
                 category_name(one.category) or None, label(one.state, ArticleState) if one.state else None, yes if one.secret else no,
                 label(one.form, ExportForm), one.sha256] for one in lines]
        return table_answer(asked["format"], sentence(N_("Exported articles")), [sentence(one) for one in HEAD],
                            ended(rows, len(rows), more=following is not None), name=f"article-exports-{today().isoformat()}")
    return render_template("knowledge/exports.html", asked=asked, lines=lines, next_cursor=following, total=total, categories=categories,
                           states=list(ArticleState), forms=list(ExportForm), typed=request.form, errors=errors, may_take=may_take,
                           may_secret=may_secret, category_name=category_name, State=ArticleState, Form=ExportForm)

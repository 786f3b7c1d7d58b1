"""Doors for reading without a connection: what a window keeps of an answer, the page that stands in for one that cannot be
loaded, and the small worker of the browser that shows it. Page and worker hold nothing of the centre and of nobody."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from flask_babel import force_locale, get_locale
from marshmallow import validate

from kmsvc.core.i18n import LANGUAGES
from kmsvc.core.permissions import require
from kmsvc.core.schemas import Choice, InputSchema, Line
from kmsvc.core.web import current_actor, look, query_data, settings, today
from kmsvc.search.ahead import ahead
from kmsvc.search.offline import SHELL_SCRIPTS, kept_answer
from kmsvc.search.pages import Chosen
from kmsvc.search.permissions import SEARCH

AT_ONCE = 20
blueprint = Blueprint("search_offline_pages", __name__)


class Looks(InputSchema):
    """How the page without a connection looks: language and theme of the reader."""

    language = Choice(LANGUAGES)
    theme = Choice(["auto", "light", "dark"])


@blueprint.get("/search/kept")
def kept() -> Response:
    """What this window may keep of an answer that stands before somebody; 204 when nothing of it may."""
    require(current_actor(), SEARCH)
    asked = query_data(Chosen)
    with look() as work:
        found = kept_answer(work, asked["kind"], asked["id"], today(), settings().timezone)
    if found is None:
        return Response(status=204)
    answer: Response = jsonify(found | {"url": request.script_root + found["url"]})
    answer.headers["Cache-Control"] = "no-store"
    return answer


class Several(InputSchema):
    """Answers by their keys as the list names them: `article:12,process:3`."""

    keys = Line(required=True, validate=[validate.Length(max=1500), validate.Regexp(r"[a-z_]+:[0-9]{1,9}(,[a-z_]+:[0-9]{1,9})*\Z")])


@blueprint.get("/search/kept/ahead")
def kept_ahead() -> Response:
    """Which answers this window keeps ahead: keys with the marks of their texts, so that only what changed is fetched."""
    require(current_actor(), SEARCH)
    with look() as work:
        answer = jsonify(ahead(work, today(), settings().timezone, str(get_locale())))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/search/kept/several")
def kept_several() -> Response:
    """What this window may keep of these answers; those of which nothing may are left out."""
    require(current_actor(), SEARCH)
    keys = [(kind, int(ref_id)) for kind, ref_id in (key.split(":") for key in query_data(Several)["keys"].split(",")[:AT_ONCE])]
    with look() as work:
        found = [kept_answer(work, kind, ref_id, today(), settings().timezone) for kind, ref_id in keys]
    answer = jsonify({"items": [one | {"url": request.script_root + one["url"]} for one in found if one is not None]})
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/offline")
def page() -> str:
    """Stands in for a page that cannot be loaded: reads what its window has kept. Public, and the same for everybody."""
    looks = _looks()
    with force_locale(looks["language"]):
        return render_template("search/offline.html", theme=looks["theme"], locale=looks["language"],
                               html_lang="zh-CN" if looks["language"].startswith("zh") else "en")


@blueprint.get("/offline/worker.js")
def worker() -> Response:
    """The browser's worker: keeps that page and its files, shows it when a page cannot be loaded, and nothing else."""
    looks = _looks()
    shell = f"{request.script_root}/offline?language={looks['language']}&theme={looks['theme']}"
    answer = Response(render_template("search/worker.js", shell=shell, scripts=SHELL_SCRIPTS), mimetype="text/javascript")
    answer.headers["Service-Worker-Allowed"] = f"{request.script_root}/"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _looks() -> dict[str, Any]:
    found = query_data(Looks)
    return {"language": found["language"] or current_app.config["BABEL_DEFAULT_LOCALE"], "theme": found["theme"] or "auto"}

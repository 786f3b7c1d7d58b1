"""The web half: `create_app(settings)` is the only place where the parts meet."""

from __future__ import annotations

import json
import logging
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from flask import Flask, Request, Response, current_app, g, jsonify, render_template, request
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

import kmsvc
from kmsvc import assets
from kmsvc.core import i18n, openapi, past, web
from kmsvc.core.actors import Actor
from kmsvc.core.addresses import IdConverter, LateRule
from kmsvc.core.clock import Clock, system_clock
from kmsvc.core.db import make_engine
from kmsvc.core.errors import Stale
from kmsvc.core.i18n import chosen_locale, sentence
from kmsvc.core.permissions import REGISTER
from kmsvc.core.work import Database
from kmsvc.home import counts
from kmsvc.home.acts import acts_for
from kmsvc.home.counts import Counts, Kept, holds_licence
from kmsvc.home.nav import current_entry, nav_for
from kmsvc.home.parts import parts_for
from kmsvc.home.standards_parts import standards_parts_for
from kmsvc.home.training_parts import training_parts_for
from kmsvc.knowledge.bulletins.showing import Banner
from kmsvc.knowledge.feedback.rules import FeedbackKind, FeedbackState
from kmsvc.knowledge.health.rules import HealthSign
from kmsvc.knowledge.licences.rules import Level, LicenceAct
from kmsvc.knowledge.proposals.rules import ProposalState
from kmsvc.notices.wording import ENUMS
from kmsvc.people.factors.codes import FactorFirst
from kmsvc.people.sessions.callers import Callers, Seen
from kmsvc.people.sessions.cookie import cookie_name
from kmsvc.people.sessions.rules import PasswordFirst
from kmsvc.people.system import NOBODY
from kmsvc.process.changes.rules import State
from kmsvc.reactions import NAMES
from kmsvc.registry import blueprints
from kmsvc.search.engine import SearchEngine
from kmsvc.settings import Settings
from kmsvc.standards.rooms.rules import ENTER, AskState
from kmsvc.training.courses.stage import PLAY
from kmsvc.training.onboarding.rules import NewcomerForm
from kmsvc.training.onboarding.weeks import OnboardingStep
from kmsvc.training.plans.rules import FEED
from kmsvc.training.questions.rules import Why

PUBLIC = ("/static/", "/sign-in", "/sign-in/code", "/sign-out", ENTER, "/healthz", "/readyz", "/metrics", "/api/v1/openapi.json",
          "/api/docs",
          "/favicon.ico", "/preferences", "/offline", "/offline/worker.js", PLAY, FEED)
PASSWORD_PAGE, FACTOR_PAGE = "/people/me/password", "/people/me/factor"
KEPT_FRAGMENTS = 1000
UNASKED = {"knowledge_bulletins_pages.now", "knowledge_bulletins_pages.rate", "training_sittings_watching.board"}
"""Asked by open pages by themselves: they keep no session alive."""


class Service(Flask):
    """Flask, starting sooner, with one style sheet made of its parts."""

    url_rule_class = LateRule

    def send_static_file(self, filename: str) -> Response:
        """A file of static/."""
        if filename == assets.SHEET:
            return assets.send_sheet(Path(self.static_folder or ""), self.get_send_file_max_age(filename))
        return super().send_static_file(filename)


def make_database(settings: Settings, *, clock: Clock = system_clock, engine: Engine | None = None) -> Database:
    """The database with the table of reactions, for any half of the service."""
    ENUMS.setdefault("change_state", State)
    ENUMS.setdefault("room_request_state", AskState)
    ENUMS.setdefault("feedback_kind", FeedbackKind)
    ENUMS.setdefault("health_sign", HealthSign)
    ENUMS.setdefault("feedback_state", FeedbackState)
    ENUMS.setdefault("question_why", Why)
    ENUMS.setdefault("proposal_state", ProposalState)
    ENUMS.setdefault("licence_level", Level)
    ENUMS.setdefault("licence_act", LicenceAct)
    ENUMS.setdefault("onboarding_step", OnboardingStep)
    ENUMS.setdefault("newcomer_form", NewcomerForm)
    return Database(engine or make_engine(settings.database_url), reactions=NAMES, clock=clock, zone=settings.timezone)


def create_app(settings: Settings | None = None, *, db: Database | None = None, search: SearchEngine | None = None) -> Flask:
    """The application: blueprints, the caller of each request, error answers, languages, headers."""
    settings = settings or Settings.from_env()
    app = Service("kmsvc", static_folder="static", template_folder="templates")
    app.config.update(SECRET_KEY=settings.secret_key, MAX_CONTENT_LENGTH=25 * 1024 * 1024, MAX_FORM_MEMORY_SIZE=2_000_000,
                      MAX_FORM_PARTS=1000, JSON_SORT_KEYS=False)
    app.url_map.converters["int"] = IdConverter
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    settle(app, settings, db or make_database(settings), search or SearchEngine(settings.index_dir))
    app.get_send_file_max_age = _max_age  # type: ignore[method-assign]
    web.install(app, public=is_public, foreign=is_played)
    i18n.install(app, language=settings.language, timezone=settings.timezone)
    app.before_request(_who)
    past.install(app, web.today)
    counts.install(app)
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    _documents(app)
    _page_surroundings(app, settings)
    _keep_fragments(app)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    return app


def settle(app: Flask, settings: Settings, db: Database, search: SearchEngine) -> None:
    """Put an application into a centre; what it knew of another one is forgotten."""
    app.extensions.update({"kmsvc.settings": settings, "kmsvc.db": db, "kmsvc.search": search,
                           "kmsvc.callers": Callers(), "kmsvc.counts": Kept(), "kmsvc.licensed": Kept()})


def _max_age(filename: str | None) -> int | None:
    """A year for files asked for by their hash; the others are asked again each time (modules import each other without it)."""
    return 31_536_000 if request.args.get("v") else None


def is_public(req: Request) -> bool:
    """Whether a stranger may call this address."""
    return any(req.path == place or (place.endswith("/") and req.path.startswith(place)) for place in PUBLIC)


def is_played(req: Request) -> bool:
    """Whether a package asks: by the ticket in its address, never by who is signed in."""
    return req.path.startswith(PLAY)


def _who() -> Response | None:
    """Find out who calls: a bearer token for programs, the session cookie for people. Strangers get the public pages only.

    Who signed in with a first password gets the page to replace it, and nothing else.
    """
    g.actor = None
    if request.path.startswith("/static/") or request.path == "/healthz":
        return None
    if is_played(request) and not request.headers.get("Authorization", "").lower().startswith("bearer "):
        return None
    db = web.database()
    callers: Callers = current_app.extensions["kmsvc.callers"]
    now = db.clock()
    header = request.headers.get("Authorization", "")
    secret = request.cookies.get(cookie_name())
    if header:
        scheme, _, token = header.partition(" ")
        with db.look(NOBODY) as work:
            found = callers.by_token(work.session, token.strip(), now) if scheme.lower() == "bearer" else None
        if found is None:
            raise web.SignInNeeded()
        g.actor = found[0].within(g.request_id)
        _note_token(db, found[0], found[1].id, now)
    elif secret:
        with db.look(NOBODY) as work:
            held = callers.by_session(work.session, secret, now)
        if held is not None:
            g.actor = held[0].within(g.request_id)
            if request.endpoint not in UNASKED:
                _note_seen(db, held[0], held[1], now)
    if g.actor is not None and g.actor.guest and not is_public(request) and not getattr(
            current_app.view_functions.get(request.endpoint or ""), "for_guests", False):
        g.actor = None  # whoever comes from outside is a stranger everywhere else
    if g.actor is None and not is_public(request):
        if request.url_rule is None and not request.path.startswith("/api/"):
            return None
        raise web.SignInNeeded()
    if g.actor is not None and g.actor.must_change and not is_public(request) and request.path != PASSWORD_PAGE:
        if web.is_api():
            raise PasswordFirst()
        return web.go(PASSWORD_PAGE)
    if g.actor is not None and g.actor.factor_first and not is_public(request) and not request.path.startswith(FACTOR_PAGE):
        if web.is_api():
            raise FactorFirst()
        return web.go(FACTOR_PAGE)
    return None


_token_minutes: dict[int, int] = {}


def _note_token(db: Database, actor: Actor, token_id: int, now: Any) -> None:
    from kmsvc.people.sessions.usecases import note_use

    minute = int(now.timestamp() // 600)
    if _token_minutes.get(token_id) != minute and request.method in web.SAFE:
        _token_minutes[token_id] = minute
        try:
            note_use(db, actor, token_id)
        except (SQLAlchemyError, Stale):  # reading goes on where the disk is full or the database busy
            logging.getLogger("kmsvc").warning("last use of a token could not be noted")


def _note_seen(db: Database, actor: Actor, held: Seen, now: Any) -> None:
    from kmsvc.people.sessions.models import SignInSession
    from kmsvc.people.sessions.rules import SEEN_EVERY

    if held.seen_at is None or now - held.seen_at < SEEN_EVERY * 5:
        return
    try:
        with db.begin(actor) as work:
            row = work.session.get(SignInSession, held.id)
            if row is not None:
                row.seen_at = now
    except (SQLAlchemyError, Stale):
        logging.getLogger("kmsvc").warning("a session's last use could not be noted")


def _documents(app: Flask) -> None:
    spec: dict[str, Any] = {}

    @app.get("/api/v1/openapi.json")
    @openapi.says(public=True)
    def openapi_json() -> Response:
        """This document."""
        if not spec:
            spec.update(openapi.document(app, kmsvc.__version__))
        return jsonify(spec)

    @app.get("/api/docs")
    def api_docs() -> str:
        """The API, readable offline."""
        if not spec:
            spec.update(openapi.document(app, kmsvc.__version__))
        return render_template("api_docs.html", spec=spec)


def _page_surroundings(app: Flask, settings: Settings) -> None:
    hashes: dict[str, str] = {}

    def asset(name: str) -> str:
        if not hashes or app.debug:
            hashes.update(assets.fingerprints(Path(app.static_folder or "")))
        return f"{request.script_root}/static/{name}?v={hashes.get(name, '0')}"

    @app.context_processor
    def _surroundings() -> dict[str, Any]:
        locale = chosen_locale()
        actor = g.get("actor")
        theme = request.cookies.get("km-theme")
        theme = theme if theme in ("light", "dark") else "auto"
        return {
            "actor": actor, "nav": partial(nav_for, actor), "knowledge_parts": partial(parts_for, actor),
            "training_parts": partial(training_parts_for, actor), "standards_parts": partial(standards_parts_for, actor),
            "acts_of_mine": partial(acts_for, actor),
            "holds_licence": partial(holds_licence, actor), "past": past.view(), "past_left": past.left(), "linked": past.linked,
            "counts": Counts(actor), "banner": Banner(actor),
            "asset": asset, "locale": locale,
            "theme": theme, "html_lang": "zh-CN" if locale.startswith("zh") else "en", "today": web.today(),
            "demo": Demo(settings.data_dir / "demo.json") if settings.demo and actor is not None else None,
            "shell": (locale, theme, request.script_root, current_entry(), actor and actor.permissions),
            "can": lambda name: actor is not None and actor.can(name), "permissions": REGISTER, "sentence": sentence,
        }

    app.jinja_env.globals["here"] = _here


def _here() -> str:
    """The address one comes back to after a change made in passing: this page, as far as it can be asked for again."""
    return request.full_path.rstrip("?") if request.method == "GET" else f"{request.script_root}/"


def _keep_fragments(app: Flask) -> None:
    """`kept(template, *key, **holes)` in a page: a part that looks the same for equal keys is drawn once; what is put into
    its holes may differ each time."""
    held: OrderedDict[tuple[Any, ...], str] = OrderedDict()

    @app.template_global()
    @pass_context
    def kept(context: Context, template: str, *key: Any, **holes: Any) -> Markup:
        """The rendered template; `key` must name everything it depends on beside the holes."""
        place = (template, *key)
        found = held.get(place)
        if found is None:
            marks = {name: f"\x02{name}\x03" for name in holes}
            found = app.jinja_env.get_template(template).render(context.get_all() | marks)
            if not app.debug:
                held[place] = found
                if len(held) > KEPT_FRAGMENTS:
                    held.popitem(last=False)
        for name, value in holes.items():
            found = found.replace(f"\x02{name}\x03", escape(value))
        return Markup(found)


@dataclass(frozen=True)
class Demo:
    """The strip on a demo database."""

    path: Path

    @property
    def roles(self) -> list[tuple[str, str]]:
        """(label, login) of the roles one can look at it as."""
        return [(sentence(label), login) for label, login in _banner(self.path)]


@lru_cache(maxsize=4)
def _banner(path: Path) -> tuple[tuple[str, str], ...]:
    """The roles of the demo's banner, (label, login); they do not change while a service runs."""
    return tuple((label, login) for label, login in json.loads(path.read_text()).get("banner", []))

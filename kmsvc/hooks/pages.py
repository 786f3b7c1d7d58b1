"""Pages of hooks: the list, a new one, one with its log, and every verb. A secret that was made here is shown in the answer of the
post that made it and nowhere else, so that page is no redirect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import ended, list_answer, table_answer
from kmsvc.core.errors import Refusal
from kmsvc.core.i18n import label, local, sentence
from kmsvc.core.schemas import ReasonInput
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    begin,
    form_data,
    go,
    load,
    look,
    query_data,
    settings,
    today,
    wanted_version,
)
from kmsvc.core.work import Work
from kmsvc.hooks import queries, showing, usecases
from kmsvc.hooks.permissions import MANAGE_HOOKS
from kmsvc.hooks.rules import KEPT_DAYS, REPLAY_S, DeliveryState, HookState
from kmsvc.hooks.schemas import (
    HookFilters,
    HookInput,
    LogFilters,
    NewHookInput,
    SecretInput,
    wish_of,
)
from kmsvc.people.accounts.directory import directory

blueprint = Blueprint("hooks_pages", __name__, url_prefix="/hooks")

MOST_EXPORTED = 20_000


@blueprint.get("")
def index() -> str | Response:
    """Hooks by name, with an export of what is shown."""
    asked = query_data(HookFilters)
    with look() as work:
        work.permit(MANAGE_HOOKS)
        lines = queries.hook_lines(work.session, q=asked["q"], state=asked["state"])
    if asked["format"]:
        rows = showing.export_rows(lines, lambda at: local(at, settings().timezone))
        return list_answer(asked["format"], N_("Hooks"), showing.HEAD, rows, name="hooks")
    return render_template("hooks/index.html", asked=asked, lines=lines, show=showing, State=HookState,
                           states=[(one.value, label(one)) for one in HookState])


@blueprint.get("/new")
def new() -> str:
    """The form of a new one."""
    return _form({"kinds": []}, {})


def _form(typed: dict[str, Any], errors: dict[str, Any]) -> str:
    with look() as work:
        work.permit(MANAGE_HOOKS)
        return render_template("hooks/new.html", typed=typed, errors=errors, kinds=showing.kinds(), accounts=_accounts(work))


def _accounts(work: Work) -> list[tuple[str, str]]:
    return [(one.login, f"{one.name} · {one.login}") for one in directory(work.session).active() if one.login]


def _typed() -> dict[str, Any]:
    return {**form_data(), "kinds": request.form.getlist("kinds")}


@blueprint.post("")
def create() -> Response:
    """Register an address; what was typed comes back when it is refused, without the secret."""
    try:
        data = load(NewHookInput, _typed())
        with begin() as work:
            row = usecases.add_hook(work, wish_of(data, settings()), secret=data["secret"])
            html = _drawn(work, row.id, query_data(LogFilters), secret=None if data["secret"] else row.secret,
                          said=sentence(N_("The hook is registered.")))
    except Refusal as error:
        told = form_refused(error)
        return make_response(_form({**_typed(), "secret": ""}, told.errors or {"name": [told.said]}), error.status)
    return make_response(html)


@blueprint.get("/<int:hook_id>")
def show(hook_id: int) -> str | Response:
    """One with what was sent last, with an export of the log as it is filtered."""
    return _page(hook_id)


def _page(hook_id: int, act: str = "", typed: dict[str, Any] | None = None, errors: dict[str, Any] | None = None,
          why: str = "") -> str | Response:
    asked = query_data(LogFilters)
    with look() as work:
        work.permit(MANAGE_HOOKS)
        if asked["format"]:
            line = queries.hook_line(work.session, hook_id)
            log, rest = queries.delivery_lines(work.session, hook_id, state=asked["state"], kind=asked["kind"], limit=MOST_EXPORTED)
            rows = showing.log_rows(log, lambda at: local(at, settings().timezone))
            return table_answer(asked["format"], line.name, [sentence(one) for one in showing.LOG_HEAD],
                                ended(rows, len(log), more=rest is not None), name=f"hook-{hook_id}-{today().isoformat()}")
        return _drawn(work, hook_id, asked, act=act, typed=typed or {}, errors=errors or {}, why=why)


def _drawn(work: Work, hook_id: int, asked: dict[str, Any], **more: Any) -> str:
    """The page; more: what was just made or refused."""
    work.session.flush()
    log, following = queries.delivery_lines(work.session, hook_id, state=asked["state"], kind=asked["kind"], before=asked["cursor"])
    return render_template(
        "hooks/show.html", hook=queries.hook_line(work.session, hook_id), log=log, next_cursor=following, asked=asked, show=showing,
        State=HookState, Sent=DeliveryState, kinds=showing.kinds(), accounts=_accounts(work), replay=REPLAY_S // 60,
        kept_days=KEPT_DAYS, states=[(one.value, label(one)) for one in DeliveryState], **more)


@blueprint.post("/<int:hook_id>/secret")
def secret(hook_id: int) -> Response:
    """Sign with another secret from now on."""
    given = load(SecretInput, form_data())["secret"]
    with begin() as work:
        made = usecases.new_secret(work, hook_id, secret=given)
        return make_response(_drawn(work, hook_id, query_data(LogFilters), secret=None if given else made.secret,
                                    said=sentence(N_("Another secret signs from now on."))))


@blueprint.post("/<int:hook_id>/<any(edit, pause, resume, test, retry, remove):verb>")
def change(hook_id: int, verb: str) -> Response:
    """Every other verb of a hook."""
    def reason() -> str | None:
        found: str | None = load(ReasonInput, form_data())["reason"]
        return found
    acts: dict[str, tuple[Callable[[Work], Any], str]] = {
        "edit": (lambda work: usecases.change_hook(work, hook_id, wish_of(load(HookInput, _typed()), settings()),
                                                   version=wanted_version()), N_("The changes are kept.")),
        "pause": (lambda work: usecases.pause_hook(work, hook_id, reason=reason()), N_("Paused. What happens meanwhile waits.")),
        "resume": (lambda work: usecases.resume_hook(work, hook_id), N_("It runs again, first with what waited.")),
        "test": (lambda work: usecases.test_hook(work, hook_id), N_("A test is on its way; what comes of it stands in the log.")),
        "retry": (lambda work: usecases.try_again(work, hook_id), N_("What was given up is sent once more.")),
        "remove": (lambda work: usecases.remove_hook(work, hook_id, reason=reason()), N_("The hook is removed."))}
    return _act(hook_id, verb, *acts[verb])


@blueprint.post("/<int:hook_id>/deliveries/<int:sent_id>/retry")
def retry_one(hook_id: int, sent_id: int) -> Response:
    """Send once more one delivery that was given up."""
    return _act(hook_id, "retry", lambda work: usecases.try_again(work, hook_id, sent_id), N_("It is sent once more."))


def _act(hook_id: int, verb: str, run: Callable[[Work], Any], said: str) -> Response:
    try:
        with begin() as work:
            run(work)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(hook_id, verb, _typed(), told.errors, told.why), error.status)
    flash(sentence(said), "ok")
    return go(url_for(".index") if verb == "remove" else url_for(".show", hook_id=hook_id))

"""The operations pages: how the service runs, what failed and is tried again, mail with its words, settings of the centre."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app, flash, make_response, render_template, request
from flask_babel import format_timedelta

from kmsvc.audit.verification import last_check
from kmsvc.core.api import cursor_id
from kmsvc.core.errors import InvalidInput, Stale
from kmsvc.core.i18n import ngettext, sentence
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    begin,
    current_actor,
    database,
    form_data,
    go,
    load,
    look,
    query_data,
    safe_target,
    settings,
    today,
    told_fields,
    wanted_version,
)
from kmsvc.operations import exports, queries, rebuilding, usecases
from kmsvc.operations.overview import overview
from kmsvc.operations.permissions import SEE_OPERATIONS
from kmsvc.operations.schemas import DeliveryPage, MailPage, SettingForm
from kmsvc.reactions.wording import fact_word, reaction_word

blueprint = Blueprint("operations_pages", __name__, url_prefix="/operations")


def ago(seconds: float) -> str:
    """A stretch of time in the reader's words."""
    return str(format_timedelta(timedelta(seconds=round(seconds)), threshold=1.2))


@blueprint.get("")
def index() -> str:
    """Everything that must run, at one look."""
    with look() as work:
        work.permit(SEE_OPERATIONS)
        card = overview(work.session, settings(), current_app.extensions["kmsvc.search"], work.now, today())
        rebuild = rebuilding.status(settings(), work.now)
    return render_template("operations/index.html", card=card, rebuild=rebuild, check=last_check(settings()), ago=ago)


@blueprint.get("/index")
def index_state() -> str:
    """The panel of the search index alone, refreshed while a build runs."""
    with look() as work:
        work.permit(SEE_OPERATIONS)
        card = overview(work.session, settings(), current_app.extensions["kmsvc.search"], work.now, today())
        rebuild = rebuilding.status(settings(), work.now)
    return render_template("operations/_index.html", card=card, rebuild=rebuild, ago=ago)


@blueprint.post("/index/rebuild")
def rebuild_index() -> Response:
    """Begin to build the search index anew."""
    rebuilding.start(database(), settings(), current_app.extensions["kmsvc.search"], current_actor())
    flash(sentence(N_("The index is being built anew; searching goes on meanwhile.")), "ok")
    return go("/operations")


@blueprint.get("/deliveries")
def deliveries() -> str | Response:
    """The outbox, with filters in the address and an export of what is shown."""
    asked = query_data(DeliveryPage)
    limit = exports.MOST_ROWS if asked["format"] else asked["limit"]
    with look() as work:
        work.permit(SEE_OPERATIONS)
        cards = queries.deliveries(work.session, state=asked["state"], reaction=asked["reaction"], q=asked["q"],
                                   before=None if asked["format"] else cursor_id(asked["cursor"]), limit=limit + 1)
        known = [] if asked["format"] else queries.reactions_known(work.session)
    shown, following = queries.cut(cards, limit)
    if asked["format"]:
        return exports.deliveries_file(asked["format"], shown, settings().timezone, more=following is not None)
    return render_template("operations/deliveries.html", cards=shown, asked=asked, known=known, fact_word=fact_word,
                           reaction_word=reaction_word,
                           following=following)


@blueprint.post("/deliveries/<int:delivery_id>/retry")
def retry_delivery(delivery_id: int) -> Response:
    """Try one delivery again."""
    with begin() as work:
        usecases.retry_delivery(work, delivery_id)
    flash(sentence(N_("It is tried again now.")), "ok")
    return go(safe_target(request.form.get("then"), "/operations/deliveries"))


@blueprint.post("/retry")
def retry_all() -> Response:
    """Try everything that failed again."""
    with begin() as work:
        again = usecases.retry_all(work)
    flash(ngettext("%(num)d is tried again now.", "%(num)d are tried again now.", again), "ok")
    return go("/operations")


@blueprint.get("/mail")
def mail() -> str | Response:
    """Mail that waits, was sent, was refused or dropped, with filters in the address and an export of what is shown."""
    asked = query_data(MailPage)
    limit = exports.MOST_ROWS if asked["format"] else asked["limit"]
    with look() as work:
        work.permit(SEE_OPERATIONS)
        cards = queries.mails(work.session, base_url=settings().base_url, state=asked["state"], q=asked["q"],
                              before=None if asked["format"] else cursor_id(asked["cursor"]), limit=limit + 1)
    shown, following = queries.cut(cards, limit)
    if asked["format"]:
        return exports.mail_file(asked["format"], shown, settings().timezone, more=following is not None)
    return render_template("operations/mail.html", cards=shown, asked=asked, server=bool(settings().smtp_url),
                           following=following)


@blueprint.get("/mail/<int:mail_id>")
def show_mail(mail_id: int) -> str:
    """One mail as its reader gets it."""
    with look() as work:
        work.permit(SEE_OPERATIONS)
        card = queries.one_mail(work.session, mail_id, base_url=settings().base_url)
    return render_template("operations/letter.html", mail=card, sender=settings().mail_from)


@blueprint.post("/mail/<int:mail_id>/retry")
def retry_mail(mail_id: int) -> Response:
    """Try one mail again."""
    with begin() as work:
        usecases.retry_mail(work, mail_id)
    flash(sentence(N_("It is tried again now.")), "ok")
    return go(f"/operations/mail/{mail_id}")


@blueprint.get("/settings")
def show_settings() -> str:
    """Every setting of the centre with its sentence."""
    return _settings({}, None)


def _settings(errors: dict[str, Any], refused: str | None, typed: Any = None) -> str:
    with look() as work:
        work.permit(SEE_OPERATIONS)
        cards = queries.option_cards(work.session)
    return render_template("operations/settings.html", cards=cards, errors=errors, refused=refused, typed=typed)


@blueprint.post("/settings/<name>")
def set_setting(name: str) -> Response:
    """Change one setting."""
    typed = form_data()
    try:
        data = load(SettingForm, typed)
        with begin() as work:
            queries.option_card(work.session, name)
            usecases.set_option(work, name, data["value"], version=wanted_version(), reason=data["reason"])
    except InvalidInput as error:
        return make_response(_settings(told_fields(error), name, typed.get("value")), 422)
    except Stale as error:
        said = sentence(N_("Somebody set it to %(value)s meanwhile. Look at it again before you save."), {"value": error.theirs})
        return make_response(_settings({"value": [said]}, name, typed.get("value")), 409)
    flash(sentence(N_("Saved.")), "ok")
    return go("/operations/settings")

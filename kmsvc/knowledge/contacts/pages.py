"""Pages of links to contacts: one key on an answer, the contact one deals with now, the list, one with what may be done."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core.callers import is_fragment
from kmsvc.core.errors import InvalidInput
from kmsvc.core.i18n import local, sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.telling import told_fields
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    begin,
    current_actor,
    form_data,
    go,
    load,
    look,
    maybe_actor,
    query_data,
    safe_target,
    settings,
    today,
)
from kmsvc.core.work import Work
from kmsvc.knowledge.contacts import queries, rules, usecases, verbs
from kmsvc.knowledge.contacts.current import current_contact, given_contact, keep_contact
from kmsvc.knowledge.contacts.permissions import (
    LINK_CONTACT,
    SEE_ALL_CONTACTS,
    SEE_CONTACTS,
    SEE_TEAM_CONTACTS,
)
from kmsvc.knowledge.contacts.rules import Accuracy, LinkedKind, LinkView
from kmsvc.knowledge.contacts.schemas import (
    ACCURACIES,
    HEAD,
    KINDS,
    LinkFilters,
    LinkInput,
    NowInput,
    export_rows,
    filters_of,
)
from kmsvc.people.accounts.directory import directory
from kmsvc.people.units.queries import open_units

blueprint = Blueprint("knowledge_contacts_pages", __name__, url_prefix="/knowledge/contacts")

PAGE = 50
MOST_EXPORTED = 20_000


@blueprint.get("")
def index() -> str | Response:
    """Links this person may see, newest first, with filters in the address and an export of what is shown."""
    require(current_actor(), SEE_CONTACTS)
    asked = query_data(LinkFilters)
    filters, zone = filters_of(asked), settings().timezone
    with look() as work:
        if asked["format"]:
            lines, rest = queries.link_lines(work.session, work.actor, filters, zone, limit=MOST_EXPORTED)
            rows = export_rows(lines, lambda at: local(at, zone))
            return list_answer(asked["format"], N_("Contacts"), HEAD, rows, name="contacts", more=rest is not None)
        lines, following = queries.link_lines(work.session, work.actor, filters, zone, before=asked["cursor"], limit=PAGE)
        total = queries.count_links(work.session, work.actor, filters, zone)
        return render_template("knowledge/contacts/index.html", asked=asked, lines=lines, next_cursor=following, total=total,
                               kinds=KINDS, accuracies=ACCURACIES, LinkedKind=LinkedKind, Accuracy=Accuracy, views=list(LinkView),
                               **_choices(work))


def _choices(work: Work) -> dict[str, Any]:
    """The units and persons this caller may narrow the list to."""
    actor, held, named = work.actor, queries.reach(work.session, work.actor), queries.names_reach(work.session, work.actor)
    wide = can(actor, SEE_ALL_CONTACTS) or can(actor, SEE_TEAM_CONTACTS)
    units = [unit for unit in open_units(work.session) if held is None or unit.id in held] if wide else []
    people = directory(work.session).active(named) if named != frozenset() else []
    return {"units": [(unit.id, unit.name) for unit in units], "people": [(one.id, one.name) for one in people], "wide": wide}


@blueprint.post("/link")
def link() -> Response:
    """One key on an answer; a script gets what stands in place of the button, a browser the page it came from."""
    typed = form_data()
    data = load(LinkInput, {name: value for name, value in typed.items() if name != "then"})
    number = given_contact(current_actor(), data["contact"], is_there="contact" in request.form)
    with begin() as work:
        row = usecases.link_contact(work, data["kind"], data["id"], number=number, query=data["query"])
        shown = _linked(work, row.id) if is_fragment() else ""
    return _answer(shown, number, sentence(N_("Linked to the contact.")))


def _linked(work: Work, link_id: int, errors: dict[str, Any] | None = None) -> str:
    """What stands in place of the button once something was linked."""
    work.session.flush()
    return render_template("knowledge/contacts/_linked.html", line=queries.visible_link(work.session, work.actor, link_id),
                           errors=errors or {})


def _answer(shown: str, number: str | None, said: str, place: str | None = None) -> Response:
    if is_fragment():
        answer = make_response(shown)
    else:
        flash(said, "ok")
        answer = go(safe_target(request.form.get("then"), place or url_for(".index")))
    return keep_contact(answer, current_actor(), number) if number else answer


@blueprint.post("/current")
def current() -> Response:
    """Say which contact one deals with now, or that a new one begins. Kept by this browser alone; nothing is stored here."""
    require(current_actor(), LINK_CONTACT)
    number = rules.folded(load(NowInput, {name: value for name, value in form_data().items() if name != "then"})["contact"])
    answer = (make_response(render_template("knowledge/contacts/_now.html", contact=number or "", moved=True)) if is_fragment()
              else go(safe_target(request.form.get("then"), "/search")))
    return keep_contact(answer, current_actor(), number)


@blueprint.get("/<int:link_id>")
def show(link_id: int) -> str:
    """One link: what was used for which contact, which search led to it, what was said of it."""
    return _page(link_id)


def _page(link_id: int, *, typed: dict[str, Any] | None = None, errors: dict[str, Any] | None = None) -> str:
    with look() as work:
        line = queries.visible_link(work.session, work.actor, link_id)
        offers = {offer.verb: offer for offer in verbs.offers_for(work.actor, line, today())}
        return render_template("knowledge/contacts/show.html", line=line, offers=offers, typed=typed or {}, errors=errors or {},
                               LinkedKind=LinkedKind, Accuracy=Accuracy)


@blueprint.post("/<int:link_id>/<any(number, withdraw, check):name>")
def act(link_id: int, name: str) -> Response:
    """Do one of the acts; what was typed comes back with the reason when it is refused."""
    typed = {key: value for key, value in form_data().items() if key != "then"}
    try:
        data = load(verbs.VERBS[name].schema(), typed)
        with begin() as work:
            verbs.act(work, link_id, name, data, today())
            shown = _linked(work, link_id) if is_fragment() else ""
    except InvalidInput as error:
        return make_response(_refused(link_id, typed, told_fields(error)), 422)
    number = rules.folded(data.get("contact")) if name == "number" else None
    return _answer(shown, number, sentence(verbs.VERBS[name].said), url_for(".show", link_id=link_id))


def _refused(link_id: int, typed: dict[str, Any], errors: dict[str, Any]) -> str:
    if not is_fragment():
        return _page(link_id, typed=typed, errors=errors)
    with look() as work:
        return _linked(work, link_id, errors)




@blueprint.app_template_global("contact_now")
def _contact_now() -> str:
    """The contact the caller deals with now, for the field that shows it."""
    return current_contact(maybe_actor())

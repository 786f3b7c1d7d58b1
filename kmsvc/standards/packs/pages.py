"""Pages of packs: order one, see how far it is, take it away."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import InvalidInput, Refusal
from kmsvc.core.i18n import is_chinese, label, sentence
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, form_data, go, load, look, query_data, settings, today, wanted_version
from kmsvc.standards.evidence.rules import MODEL, clause_names
from kmsvc.standards.models.queries import model_lines
from kmsvc.standards.packs.permissions import MAKE_PACK
from kmsvc.standards.packs.queries import PackCard, count_packs, pack_card, pack_cards
from kmsvc.standards.packs.rules import UNDER_WAY, PackState, may_cancel
from kmsvc.standards.packs.schemas import PackForm, PacksAsked, filters_of
from kmsvc.standards.packs.serving import pack_answer
from kmsvc.standards.packs.tongue import PackLang
from kmsvc.standards.packs.usecases import cancel_order, order_again, order_pack

blueprint = Blueprint("standards_packs_pages", __name__, url_prefix="/standards/packs")
PAGE = 50
MOST_EXPORTED = 20_000
HEAD = (N_("Number"), N_("Standard"), N_("Year"), N_("As of"), N_("Clauses"), N_("Language"), N_("State"), N_("Who"), N_("When"),
        N_("Records"), N_("Bytes"), N_("SHA-256"), N_("Kept until"))
_SIGNS = {PackState.WAITING: "idle", PackState.MAKING: "go", PackState.DONE: "ok", PackState.CANCELLED: "off", PackState.FAILED: "bad",
          PackState.GONE: "off"}


def sign_of(one: PackCard) -> tuple[str, str]:
    """(kind of mark, word) of where an order stands."""
    state = PackState(one.state)
    return _SIGNS[state], label(state)


def row_of(one: PackCard) -> list[Any]:
    """An order as a row of a sheet."""
    return [one.number, one.model, one.year, one.as_of, ", ".join(one.clauses), label(PackLang(one.lang)), sign_of(one)[1],
            one.who, one.ordered_at.date(), one.records, one.size, one.sha256, one.kept_until]


@blueprint.get("")
def index() -> str | Response:
    """What was ordered, and the form to order some."""
    return _page()


def _page(typed: dict[str, Any] | None = None, errors: dict[str, Any] | None = None, said: str = "") -> str | Response:
    asked = query_data(PacksAsked)
    with look() as work:
        work.permit(MAKE_PACK)
        chosen = filters_of(asked)
        if asked["format"]:
            lines, rest = pack_cards(work.session, work.actor, chosen, limit=MOST_EXPORTED)
            return list_answer(asked["format"], N_("Packs of proof"), HEAD, [row_of(one) for one in lines], name="packs",
                               more=rest is not None)
        lines, following = pack_cards(work.session, work.actor, chosen, before=asked["cursor"], limit=PAGE)
        models = [(one.code, one.title_zh if is_chinese() else one.title_en) for one in model_lines(work.session) if one.newest]
        total = count_packs(work.session, work.actor, chosen)
    first = {"model": asked["model"] or MODEL, "year": asked["year"] or today().year, "as_of": asked["as_of"] or today(),
             "clauses": asked["clauses"] or "", "lang": PackLang.ZH.value if is_chinese() else PackLang.EN.value}
    return render_template(
        "standards/packs/list.html", asked=asked, lines=lines, next_cursor=following, total=total, models=models, sign_of=sign_of,
        states=[(one.value, label(one)) for one in PackState], may_cancel=may_cancel, typed=typed or first, errors=errors or {},
        said=said,
        under_way=any(one.state in UNDER_WAY for one in lines),
        years=[(one, str(one)) for one in range(today().year, today().year - 11, -1)],
        State=PackState, langs=[(one.value, label(one)) for one in PackLang])


@blueprint.post("")
def order() -> Response:
    """Order a pack."""
    typed = form_data()
    try:
        data = load(PackForm, typed)
        with begin() as work:
            row = order_pack(work, model=data["model"], year=data["year"], as_of=data["as_of"] or today(),
                             clauses=clause_names(data["clauses"]), lang=data["lang"] or PackLang.ZH)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(typed, told.errors, "" if isinstance(error, InvalidInput) else told.said), error.status)
    flash(sentence(N_("%(number)s is ordered. It is made in the background; you may go on working."), {"number": row.number}), "ok")
    return go(url_for(".index"))


@blueprint.post("/<int:pack_id>/cancel")
def cancel(pack_id: int) -> Response:
    """Stop one that is under way."""
    with begin() as work:
        row = cancel_order(work, pack_id, version=wanted_version())
    flash(sentence(N_("%(number)s is cancelled. It can be ordered again."), {"number": row.number}), "ok")
    return go(url_for(".index"))


@blueprint.post("/<int:pack_id>/again")
def again(pack_id: int) -> Response:
    """Order the same once more."""
    with begin() as work:
        row = order_again(work, pack_id, version=wanted_version())
    flash(sentence(N_("%(number)s is ordered. It is made in the background; you may go on working."), {"number": row.number}), "ok")
    return go(url_for(".index"))


@blueprint.get("/<int:pack_id>/file")
def fetch(pack_id: int) -> Response:
    """The zip."""
    with look() as work:
        work.permit(MAKE_PACK)
        return pack_answer(pack_card(work.session, work.actor, pack_id), settings().data_dir)

"""Pages of gaps: one key on a search without an answer, the list by weight, one gap with its searches and what may be done."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import ended, table_answer
from kmsvc.core.callers import is_fragment
from kmsvc.core.errors import InvalidInput, Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    begin,
    current_actor,
    database,
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
from kmsvc.knowledge.gaps import queries, showing, verbs
from kmsvc.knowledge.gaps.models import Gap
from kmsvc.knowledge.gaps.permissions import HANDLE_GAP, SEE_ASKERS, SEE_GAPS
from kmsvc.knowledge.gaps.replaying import ask_gap
from kmsvc.knowledge.gaps.reporting import report
from kmsvc.knowledge.gaps.rules import GapSign, GapState
from kmsvc.knowledge.gaps.schemas import KINDS, STATES, GapFilters, ReportGap
from kmsvc.search.api import engine
from kmsvc.search.showing import category_label

blueprint = Blueprint("knowledge_gaps_pages", __name__, url_prefix="/knowledge/gaps")

PAGE = 50
MOST_EXPORTED = 20_000
MOST_QUOTED = 30


@blueprint.get("")
def index() -> str | Response:
    """What is searched and not found, heaviest first, with filters in the address and an export of what is shown."""
    asked = query_data(GapFilters)
    chosen = {name: asked[name] for name in ("q", "state", "kind", "days", "view")}
    with look() as work:
        work.permit(SEE_GAPS)
        if asked["format"]:
            lines, rest = queries.gap_lines(work.session, work.actor, today(), **chosen, limit=MOST_EXPORTED)
            return table_answer(asked["format"], sentence(N_("Gaps")), [sentence(one) for one in showing.EXPORT_HEAD],
                                ended(showing.export_rows(lines), len(lines), more=rest is not None),
                                name=f"gaps-{today().isoformat()}")
        lines, following = queries.gap_lines(work.session, work.actor, today(), **chosen, after=asked["cursor"], limit=PAGE)
        total = queries.count_gaps(work.session, work.actor, today(), **chosen)
        mine = queries.waiting_count(work.session, work.actor)
        live = queries.count_gaps(work.session, work.actor, today(), state="live")
    return render_template("knowledge/gaps/index.html", asked=asked, lines=lines, next_cursor=following, total=total, mine=mine,
                           live=live, show=showing, states=STATES, kinds=KINDS, category_label=category_label)


@blueprint.post("/report")
def send() -> Response:
    """One key or button on a search; a script gets a line in its place, a browser the page it came from."""
    data = load(ReportGap)
    filters = {name: data[name] for name in ("kind", "category", "scopes") if data[name]}
    done = report(database(), engine(), current_actor(), data["q"], settings().timezone, filters)
    wider = f"{request.script_root}/search?{urlencode({'q': data['q'], 'f': 1})}"
    if is_fragment():
        return make_response(render_template("knowledge/gaps/_reported.html", done=done, said=showing.thanks(done), wider=wider))
    flash(showing.thanks(done), "warn" if done.unfiltered else "ok")
    return go(safe_target(request.form.get("then"), wider))


@blueprint.get("/<int:gap_id>")
def show(gap_id: int) -> str:
    """One gap: its searches, its weight, who may care, what the index finds, what this person may do."""
    return _page(gap_id)


def _page(gap_id: int, *, refused: tuple[str, dict[str, Any], str] | None = None) -> str:
    with look() as work:
        work.permit(SEE_GAPS)
        card = queries.gap_card(work.session, work.actor, gap_id, today())
        row = work.get(Gap, gap_id)
        offers = {offer.verb: offer for offer in verbs.offers_for(work.session, work.actor, row, today())}
        sees = can(work.actor, SEE_ASKERS) or can(work.actor, HANDLE_GAP)
    asked = "\n".join(f"- {one.query}" for one in card.queries[:MOST_QUOTED])
    reason = f"{sentence(N_('Searched for and not found:'))}\n{asked}"
    ask = "/process/changes/new?" + urlencode({"from": card.line.url, "title": card.line.title, "reason": reason})
    return render_template("knowledge/gaps/show.html", card=card, line=card.line, offers=offers, refused=refused, show=showing,
                           State=GapState, Sign=GapSign, ask_change=ask, sees=sees, category_label=category_label,
                           most=max([n for _, n in card.weeks] or [0]), formula=showing.formula(card, today()))


@blueprint.post("/<int:gap_id>/<any(draft, assign, answer, change, merge, dismiss, replay, reopen):name>")
def act(gap_id: int, name: str) -> Response:
    """Do one of the acts; what was typed comes back with the reason when it is refused."""
    typed = {key: value for key, value in request.form.items() if key != "version"}
    try:
        data = load(verbs.VERBS[name].schema())
        asked = ask_gap(database(), engine(), current_actor(), gap_id, settings().timezone) if name == "replay" else None
        with begin() as work:
            row = verbs.act(work, gap_id, name, data, verbs.Around(today(), wanted_version(), asked))
    except InvalidInput as error:
        return make_response(_page(gap_id, refused=(name, {**typed, "errors": told_fields(error)}, sentence(error.sentence))), 422)
    except Refusal as error:
        if error.status != 409:
            raise
        return make_response(_page(gap_id, refused=(name, {**typed, "errors": {}}, sentence(error.sentence, error.params))), 409)
    flash(sentence(verbs.VERBS[name].said), "ok")
    if name == "draft":
        return go(f"/knowledge/articles/{row.article_id}/edit")
    return go(url_for(".show", gap_id=gap_id))

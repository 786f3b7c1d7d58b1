"""Pages of merging and splitting: the list, planning either, composing by paragraphs, what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.access.rules import Place
from kmsvc.convert.sending import ended, table_answer
from kmsvc.core.errors import InvalidInput, Refusal, Stale
from kmsvc.core.i18n import label, local, sentence
from kmsvc.core.permissions import require
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    begin,
    go,
    load,
    look,
    query_data,
    settings,
    today,
    told_fields,
    wanted_version,
)
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.lists import article_numbered
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.pages import guarded
from kmsvc.knowledge.articles.queries import readable_version
from kmsvc.knowledge.articles.showing import block_labels, page_text, painter
from kmsvc.knowledge.articles.versions import blocks_of
from kmsvc.knowledge.relations.aligning import align
from kmsvc.knowledge.relations.choosing import choices
from kmsvc.knowledge.reshapes import doing, queries
from kmsvc.knowledge.reshapes.choosing import Meant, meant
from kmsvc.knowledge.reshapes.doing import VERBS
from kmsvc.knowledge.reshapes.models import Reshape
from kmsvc.knowledge.reshapes.outline import STAYS, above, below, goes
from kmsvc.knowledge.reshapes.permissions import RESHAPE
from kmsvc.knowledge.reshapes.rules import ReshapeKind, ReshapeState
from kmsvc.knowledge.reshapes.schemas import PlanMerge, PlanSplit, ReshapeList
from kmsvc.knowledge.reshapes.usecases import parts_of
from kmsvc.knowledge.reshapes.weaving import contained, marked, proposed, woven
from kmsvc.markup.blocks import IdentifiedBlock
from kmsvc.markup.kept import revive
from kmsvc.markup.render import render
from kmsvc.search.api import engine

blueprint = Blueprint("knowledge_reshapes_pages", __name__, url_prefix="/knowledge/reshapes")

PAGE, MOST_EXPORTED, PARTS = 50, 20_000, 4
WHICH = ("stays", "others")
STATES = {"open": "due", "done": "ok", "cancelled": "off", "undone": "off"}
HEAD = (N_("Number"), N_("Kind"), N_("Article"), N_("Others"), N_("State"), N_("Planned by"), N_("Planned at"), N_("Published"),
        N_("Reason"))
MOVED = {"favourite": N_("Favourites"), "pin": N_("Pin"), "search": N_("Saved search"), "gap": N_("Gap"), "relation": N_("Relation"),
         "see_also": N_("See also"), "citation": N_("Citation")}
LEFT = {"relation": N_("A relation that was not carried over"), "flow": N_("A guided flow leads to it"),
        "feedback": N_("Feedback waits"), "draft": N_("It had a draft that readers did not see"),
        "audience": N_("It was for another unit"), "text": N_("It has been published anew since, and stays as it is")}


@blueprint.get("")
def index() -> str | Response:
    """Merges and splits, newest first."""
    asked = query_data(ReshapeList)
    chosen = {name: asked[name] for name in ("q", "kind", "state")}
    with look() as work:
        require(work.actor, RESHAPE)
        limit = MOST_EXPORTED if asked["format"] else PAGE
        lines, following = queries.reshape_page(work.session, **chosen, limit=limit,
                                                before=None if asked["format"] else asked["cursor"])
        total = queries.count_reshapes(work.session, **chosen)
    if asked["format"]:
        zone = settings().timezone
        table = [(one.number, label(one.kind, ReshapeKind), one.article, " ".join(number for _, number in one.parts),
                  label(one.state, ReshapeState), one.made_by, local(one.made_at, zone),
                  local(one.done_at, zone) if one.done_at else None, one.reason) for one in lines]
        return table_answer(asked["format"], sentence(N_("Merge and split")), [sentence(one) for one in HEAD],
                            ended(table, len(lines), more=following is not None), name=f"reshapes-{today().isoformat()}")
    return render_template("knowledge/reshapes/index.html", asked=asked, lines=lines, next_cursor=following, total=total, marks=STATES,
                           kinds=ReshapeKind, states=ReshapeState)


@blueprint.get("/merge")
def merge_form() -> str:
    """Choose which article stays and which go up in it; `stays` and `others` are numbers, or words of titles."""
    return _merge({"stays": request.args.get("stays", ""), "others": request.args.get("others", "")}, {})


def _merge(typed: dict[str, Any], errors: dict[str, Any], said: str = "") -> str:
    with look() as work:
        require(work.actor, RESHAPE)
        chosen = {one: _meant(work, one) for one in WHICH}
    return render_template("knowledge/reshapes/merge.html", typed=typed, errors=errors, said=said, chosen=chosen)


def _meant(work: Work, which: str) -> Meant:
    """What is typed and picked of one of the two: which stays, which go up in it."""
    sent = request.form if request.method == "POST" else request.args
    return meant(work, engine(), sent.get(which, ""), sent.getlist(f"{which}_picked"), today(), several=which == "others")


@blueprint.get("/choices/<any(stays, others):which>")
def choose(which: str) -> str:
    """Articles that may be meant by what is typed, to be picked; what is picked already stays."""
    with look() as work:
        work.permit(RESHAPE)
        return render_template("knowledge/reshapes/_choices.html", which=which, meant=_meant(work, which),
                               typed=request.args.get(which, ""))


@blueprint.post("/merge")
def merge() -> Response | str:
    """Plan it."""
    try:
        with look() as work:
            require(work.actor, RESHAPE)
            chosen = {one: _meant(work, one) for one in WHICH}
        data = _loaded(chosen)
        with begin() as work:
            row = doing.merge(work, data)
    except InvalidInput as error:
        return make_response(_merge({**request.form}, told_fields(error)), error.status)
    except Refusal as error:
        if error.status != 409:
            raise
        return make_response(_merge({**request.form}, {}, sentence(error.sentence, error.params)), 409)
    return go(url_for(".show", reshape_id=row.id))


def _loaded(chosen: dict[str, Meant]) -> dict[str, Any]:
    """The form as programs send it; all that is still to be said is told at once."""
    open_ = {name: [one.why] for name, one in chosen.items() if one.why}
    try:
        data = load(PlanMerge, {"stays": " ".join(chosen["stays"].numbers), "others": chosen["others"].numbers,
                                "reason": request.form.get("reason", "")})
    except InvalidInput as error:
        raise InvalidInput({**error.fields, **open_}) from error
    if open_:
        raise InvalidInput(dict(open_))
    return data


@blueprint.get("/split")
def split_form() -> str:
    """The paragraphs of an article, each to be given to one of several; `article` is its number."""
    return _split({"article": request.args.get("article", "")[:64]}, {})


def _split(typed: dict[str, Any], errors: dict[str, Any], said: str = "") -> str:
    with look() as work:
        require(work.actor, RESHAPE)
        article_id = _article_of(work, typed)
        context: dict[str, Any] = {"article": None, "rows": []}
        if article_id is not None:
            article, version = readable_version(work.session, work.actor, article_id)
            over = above(revive(version.blocks))
            shown = [(block, _html(block)) for block in blocks_of(work.actor, version)]
            context = {"article": article, "version": version, "rows": shown, "over": over, "places": goes(over, _chosen(typed)),
                       **guarded(work, article, version, Place.COMPARISON)}
        elif typed.get("article"):
            found = choices(work.session, engine(), work.actor, 0, str(typed["article"]).replace("\0", ""), today())
            context["found"] = found
            if not found:
                errors = errors or {"article": [sentence(N_("No article has this number or these words in its title."))]}
        return render_template("knowledge/reshapes/split.html", typed=typed, errors=errors, said=said, most=PARTS, **context)


def _article_of(work: Work, typed: Mapping[str, Any]) -> int | None:
    number = str(typed.get("article") or "").replace("\0", "")  # no database text holds it
    return article_numbered(work.session, work.actor, number) if number else None


def _chosen(typed: Mapping[str, Any]) -> dict[str, str]:
    """`to-<paragraph>` says to which part it goes, 0 stays; left empty it goes with its heading."""
    return {name.removeprefix("to-"): str(part) for name, part in typed.items() if name.startswith("to-") and part}


@blueprint.post("/split")
def split() -> Response | str:
    """Plan it: each paragraph goes where it was sent, or with the heading above it."""
    sent = _parts_sent()
    try:
        data = load(PlanSplit, {**sent, "parts": [one for _, one in sent["parts"]]})
        with begin() as work:
            row = doing.split(work, data)
    except InvalidInput as error:
        fields, said = _at_their_place(told_fields(error), [part for part, _ in sent["parts"]])
        return make_response(_split({**request.form}, fields, said), error.status)
    except Refusal as error:
        if error.status != 409:
            raise
        return make_response(_split({**request.form}, {}, sentence(error.sentence, error.params)), 409)
    return go(url_for(".show", reshape_id=row.id))


def _parts_sent() -> dict[str, Any]:
    """The form as programs send it, each part with its number on the page."""
    with look() as work:
        require(work.actor, RESHAPE)
        article_id = _article_of(work, request.form)
        over = above(revive(readable_version(work.session, work.actor, article_id)[1].blocks)) if article_id is not None else {}
    chosen: dict[str, list[str]] = {}
    for block, part in goes(over, _chosen(request.form)).items():
        if part != STAYS:
            chosen.setdefault(part, []).append(block)
    parts = [(part, {"title": request.form.get(f"title-{part}", ""), "blocks": chosen[part]}) for part in sorted(chosen)]
    return {"article": request.form.get("article", ""), "reason": request.form.get("reason", ""), "parts": parts,
            "retire": request.form.get("retire", "") or False}


def _at_their_place(errors: dict[str, Any], parts: Sequence[str]) -> tuple[dict[str, Any], str]:
    """The messages by the fields of the page, and what concerns no field of it."""
    of_parts = errors.pop("parts", None)
    if not isinstance(of_parts, dict):
        return errors, " ".join(of_parts or ())
    said = []
    for place, wrong in of_parts.items():
        part = parts[int(place)]
        errors |= {f"title-{part}": wrong["title"]} if "title" in wrong else {}
        said += [line for name, lines in wrong.items() if name != "title" for line in lines]
    return errors, " ".join(said)


@blueprint.get("/<int:reshape_id>")
def show(reshape_id: int) -> str:
    """One merge or split: both texts side by side by paragraph while it is prepared, what came of it afterwards."""
    return _page(reshape_id)


def _page(reshape_id: int, refused: tuple[str, dict[str, Any], str] | None = None) -> str:
    with look() as work:
        line = queries.reshape_line(work.session, work.actor, reshape_id)
        articles = {one: work.get(Article, one) for one in (line.article_id, *(one for one, _ in line.parts))}
        context: dict[str, Any] = {"slots": [], "secret": None, "worded": False}
        if line.state == ReshapeState.OPEN:
            context |= _side_by_side(work, line, articles) if line.kind == ReshapeKind.MERGE else _drafts(work, line, articles)
        titles = {one: _title(work, article) for one, article in articles.items()}
        if refused and refused[0] == "compose":
            context["picked"] = set(request.form.getlist("picks"))
        return render_template("knowledge/reshapes/show.html", line=line, articles=articles, titles=titles, refused=refused, verbs=VERBS,
                               marks=STATES, kinds=ReshapeKind, states=ReshapeState, moved=MOVED, left=LEFT, **context)


def _title(work: Work, article: Article) -> str:
    try:
        return readable_version(work.session, work.actor, article.id, draft=True)[1].title
    except Refusal:
        return ""


def _side_by_side(work: Work, line: queries.ReshapeLine, articles: dict[int, Article]) -> dict[str, Any]:
    texts: dict[int, list[IdentifiedBlock]] = {}
    seen = None
    for one, article in articles.items():
        if article.published_version_id is None:
            continue
        version = work.get(ArticleVersion, article.published_version_id)
        context = guarded(work, article, version, Place.COMPARISON)
        seen = seen if seen and seen["secret"] else context
        texts[one] = blocks_of(work.actor, version)
    ordinals = {f"{one}:{block.id}": place for one, blocks in texts.items() for place, block in enumerate(blocks, 1)}
    under = {f"{one}:{head}": [f"{one}:{its}" for its in held] for one, blocks in texts.items() for head, held in below(blocks).items()}
    mine = texts.pop(line.article_id, [])
    slots = woven(mine, [(one, align(mine, blocks)) for one, blocks in texts.items()])
    paint = painter(work.session, work.actor)
    words = {f"{its.article_id}:{its.block.id}": marked(slot.mine, its.block, paint) for slot in slots for its in slot.theirs
             if slot.mine is not None and not its.same}
    drafted = _picked(work, line, mine)
    return {"slots": slots, "draw": _html, "under": under, "words": words, "ordinals": ordinals, "drafted": drafted is not None,
            **(drafted or {"picked": proposed(line.article_id, slots, under)}), **(seen or {"secret": None})}


def _drafts(work: Work, line: queries.ReshapeLine, articles: dict[int, Article]) -> dict[str, Any]:
    """The texts that a split makes: what stays (None: nothing does), and each new article."""
    stays = work.get(Reshape, line.id).draft_version_id is not None
    found: list[tuple[int, Any]] = []
    seen = None
    for one, article in articles.items():
        if one == line.article_id and not stays:
            found.append((one, None))
            continue
        version = work.get(ArticleVersion, article.draft_version_id)
        context = guarded(work, article, version, Place.COMPARISON)
        seen = seen if seen and seen["secret"] else context
        found.append((one, page_text(work.session, work.actor, version)))
    return {"drafts": found, **(seen or {"secret": None})}


def _picked(work: Work, line: queries.ReshapeLine, mine: list[IdentifiedBlock]) -> dict[str, Any] | None:
    """The paragraphs that the draft contains, and whether somebody has worded it since it was composed; None without a draft."""
    row, article = work.get(Reshape, line.id), work.get(Article, line.article_id)
    if row.draft_version_id is None or article.draft_version_id is None:
        return None
    worded = article.draft_version_id != row.draft_version_id
    theirs = {part.article_id: part.block_ids for part in parts_of(work, row.id)}
    draft = {block["id"] for block in work.get(ArticleVersion, article.draft_version_id).blocks}
    if not worded:
        draft.update(one for its in theirs.values() for one in its)
    return {"picked": contained(draft, line.article_id, [block.id for block in mine], theirs), "worded": worded}


def _html(block: IdentifiedBlock) -> Any:
    return render(block.text, labels=block_labels())


@blueprint.post("/<int:reshape_id>/<any(compose, publish, cancel, take_back):name>")
def act(reshape_id: int, name: str) -> Response:
    """Do one of the acts; what was chosen comes back with the reason when it is refused."""
    schema, run, _, said = VERBS[name]
    try:
        data = load(schema, {"picks": request.form.getlist("picks")}) if name == "compose" else load(schema)
        with begin() as work:
            row = run(work, reshape_id, data, wanted_version())
    except Refusal as error:
        if error.status not in (409, 422):
            raise
        errors = told_fields(error) if isinstance(error, InvalidInput) else {}
        why = sentence(N_("Somebody changed it meanwhile. Look at it again.") if isinstance(error, Stale) else error.sentence,
                       {} if isinstance(error, Stale) else error.params)
        if name == "compose" and errors:
            why = sentence(N_("Choose at least one paragraph."))
        return make_response(_page(reshape_id, (name, {**request.form, "errors": errors}, why)), error.status)
    flash(sentence(said), "ok")
    return go(url_for(".show", reshape_id=row.id))

"""What the pages of health show: shapes and words of signs, where each number comes from, the tables to take away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext, pgettext
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.i18n import fmt_date, fmt_when, is_chinese, label, sentence
from kmsvc.core.texts import N_
from kmsvc.knowledge.articles.rules import ArticleState
from kmsvc.knowledge.articles.showing import category_name
from kmsvc.knowledge.health.details import BatchLine, PairLine
from kmsvc.knowledge.health.queries import NONE, BoardRow, HealthLine, SignLine
from kmsvc.knowledge.health.rules import GRAVITY, MAY_BE_RIGHT, Gravity, HealthSign, of_gravity

SHAPES = {Gravity.ACT: "bad", Gravity.LOOK: "warn", Gravity.NOTE: "idle"}
S = HealthSign
EXPORT_HEAD = (N_("Number"), N_("Title"), N_("State"), N_("Category"), N_("Owner"), N_("Next review"), N_("Sign"), N_("How grave"),
               N_("Figure"), N_("Since"))
PAIR_HEAD = (N_("Alike"), N_("Number"), N_("Title"), N_("Owner"), N_("Number"), N_("Title"), N_("Owner"), N_("Since"),
             N_("Right because"))


ACT_HEAD = (N_("When"), N_("What was set"), N_("Value"), N_("Articles"), N_("Who"), N_("Reason"), N_("Taken back"), N_("Taken back by"))
ACT_WORDS = {"review": N_("Next review"), "category": N_("Category"), "owner": N_("Owner")}


def act_word(code: str) -> str:
    """What an act on many articles sets."""
    return sentence(ACT_WORDS[code])


def sign_word(code: str) -> str:
    """The word of a sign."""
    return label(HealthSign(code))


def gravity_word(code: str) -> str:
    """The word of how grave a sign is."""
    return label(Gravity(code))


def shape(code: str) -> str:
    """The shape of a sign."""
    return SHAPES[GRAVITY[HealthSign(code)]]


def short_figure(line: SignLine) -> str:
    """The number of a sign, as short as it can be read."""
    n = line.figure
    if line.sign in (S.EXPIRED, S.REVIEW_LATE, S.DRAFT, S.UNUSED, S.REVIEW_SOON):
        return ngettext("%(num)d day", "%(num)d days", n)
    if line.sign in (S.AGAIN, S.LOW_RATED, S.DUPLICATE):
        return f"{n} %" if not is_chinese() else f"{n}%"
    return str(n) if line.sign not in (S.NO_OWNER, S.NO_REVIEW) else ""


def explained(line: SignLine) -> str:
    """What a sign says, with its number, in a sentence."""
    n = line.figure
    match line.sign:
        case S.EXPIRED:
            return ngettext("Its validity ended %(num)d day ago, and readers see it still.",
                            "Its validity ended %(num)d days ago, and readers see it still.", n)
        case S.REVIEW_LATE:
            return ngettext("Its review was due %(num)d day ago.", "Its review was due %(num)d days ago.", n)
        case S.REVIEW_SOON:
            if not n:
                return _("Its review is due today.")
            return ngettext("Its review is due in %(num)d day.", "Its review is due in %(num)d days.", n)
        case S.NO_REVIEW:
            return _("Nobody has set a day for its review.")
        case S.NO_OWNER:
            return _("It has no owner, or its owner is suspended.")
        case S.DEAD_LINK:
            return ngettext("It points to %(num)d thing that is gone or retired.",
                            "It points to %(num)d things that are gone or retired.", n)
        case S.BEHIND:
            return ngettext("It names another version than the one in force of %(num)d process.",
                            "It names other versions than those in force of %(num)d processes.", n)
        case S.MOVED:
            return ngettext("It was written before the version in force of %(num)d process it cites.",
                            "It was written before the versions in force of %(num)d processes it cites.", n)
        case S.AGAIN:
            opens, again = line.rows[0]
            return _("Of %(opens)s times it was opened, the same person searched again with other words soon after in %(again)s.",
                     opens=opens, again=again)
        case S.DUPLICATE:
            return _("Its text is nearly the same as that of another: up to %(n)s per cent.", n=n)
        case S.LOW_RATED:
            good, bad = line.rows[0]
            return _("In 90 days %(good)s readers found it helpful, %(bad)s did not.", good=good, bad=bad)
        case S.GAP:
            return ngettext("%(num)d gap is open until searches find it.", "%(num)d gaps are open until searches find it.", n)
        case S.FEEDBACK:
            return ngettext("%(num)d word of a reader waits for a reply.", "%(num)d words of readers wait for a reply.", n)
        case S.FEEDBACK_LATE:
            return ngettext("%(num)d word of a reader waits beyond its day.", "%(num)d words of readers wait beyond their day.", n)
        case S.UNUSED:
            return ngettext("For %(num)d day nobody has opened it from a search.",
                            "For %(num)d days nobody has opened it from a search.", n)
        case _:
            return ngettext("A text has been waiting for %(num)d day without being published.",
                            "A text has been waiting for %(num)d days without being published.", n)


def sources_of(session: Session, actor: Actor, line: HealthLine, sign: SignLine) -> list[tuple[str, str, str]]:
    """The rows a number comes from, as (words, address or empty, remark); what this caller may not see has no name."""
    match sign.sign:
        case S.DEAD_LINK:
            return [_gone(session, actor, kind, what) for kind, what in sign.rows]
        case S.BEHIND | S.MOVED:
            return [(number, f"/process/definitions/{key}", _in_force(new, date.fromisoformat(since), old))
                    for key, number, new, since, old in sign.rows]
        case S.AGAIN:
            return [(query, "", _("opened %(n)s, searched again %(again)s", n=n, again=again)) for query, n, again in sign.rows[1:]]
        case S.GAP:
            return [(number, f"/knowledge/gaps?q={number}", "") for number in sign.rows]
        case S.FEEDBACK | S.FEEDBACK_LATE | S.LOW_RATED:
            state = {S.FEEDBACK: "&state=waiting", S.FEEDBACK_LATE: "&state=late"}.get(HealthSign(sign.sign), "")
            return [(_("The feedback on it"), f"/knowledge/feedback?q={line.number}{state}", "")]
        case S.DUPLICATE:
            return [(_("Compare the two"), "#twins", "")]
        case S.DRAFT:
            return [(_("The draft"), f"/knowledge/articles/{line.id}/edit" if actor.can("knowledge.article.edit") and not line.process_id
                     else f"/knowledge/articles/{line.id}", "")]
        case S.UNUSED:
            return [(_("How it was used"), "#usage", "")]
        case _:
            return []


def _in_force(new: str, since: date, old: str | None) -> str:
    if old:
        return _("V%(new)s in force since %(day)s; the text names V%(old)s", new=new, old=old, day=fmt_date(since))
    return _("V%(new)s in force since %(day)s", new=new, day=fmt_date(since))


def _gone(session: Session, actor: Actor, kind: str, what: str) -> tuple[str, str, str]:
    if kind == "file":
        return _("A file"), "", _("removed, or never there")
    card = cards.whole_card(session, actor, kind, int(what))
    name = {"article": _("An article"), "process": _("A process")}[kind]
    if card is None:
        return name, "", _("not there, or not open to you")
    return f"{card.number} {card.title}", card.url, _("retired") if card.state == ArticleState.RETIRED else _("not in force")


def may_be_right(code: str) -> bool:
    """Whether somebody may find that all is well as it is."""
    return HealthSign(code) in MAY_BE_RIGHT - {HealthSign.DUPLICATE}


def row_name(row: BoardRow, by: str) -> str:
    """An owner or a category on the board."""
    if row.key == NONE:
        return pgettext("health", "Nobody") if by == "owner" else _("Without a category")
    return row.name if by == "owner" else category_name(row.name)


def counted(row: BoardRow, gravity: str) -> list[tuple[str, int]]:
    """(sign, articles that show it) of one gravity, those that many show first."""
    return sorted(((str(sign), row.counts[sign]) for sign in of_gravity(gravity) if row.counts.get(sign)), key=lambda one: -one[1])


def board_table(rows: Sequence[BoardRow], by: str, signs: Sequence[str]) -> tuple[list[str], list[list[Any]]]:
    """The board as a table to take away."""
    head = [_("Owner") if by == "owner" else _("Category"), _("Published"), _("Healthy"), _("Healthy in per cent"),
            *(sign_word(one) for one in signs)]
    return head, [[row_name(row, by), row.published, row.healthy, row.share, *(row.counts.get(one, 0) for one in signs)] for row in rows]


def export_rows(lines: Sequence[HealthLine]) -> list[list[Any]]:
    """The list as a table to take away: a row for each sign."""
    return [[line.number, line.title, label(line.state, ArticleState), category_name(line.category) or "", line.owner, line.review_on,
             sign_word(sign.sign), gravity_word(sign.gravity), short_figure(sign), fmt_when(sign.since)]
            for line in lines for sign in line.signs]


def act_rows(lines: Sequence[BatchLine]) -> list[list[Any]]:
    """What was done to many, as a table to take away."""
    return [[fmt_when(line.at), act_word(line.act), line.value, line.articles, line.person, line.reason,
             fmt_when(line.undone_at) if line.undone_at else "", line.undone_by] for line in lines]


def pair_rows(pairs: Sequence[PairLine]) -> list[list[Any]]:
    """The pairs as a table to take away."""
    return [[pair.likeness, pair.first.number, pair.first.title, pair.first.owner, pair.second.number, pair.second.title,
             pair.second.owner, fmt_when(pair.since), pair.word.reason if pair.word else ""] for pair in pairs]

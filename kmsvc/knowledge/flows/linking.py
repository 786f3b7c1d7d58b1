"""What the outcomes of a flow point to: articles and processes by their numbers, and whether its readers may read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import column, func, select, table
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.flows.rules import Node, Problem, fits_audience, problems_of
from kmsvc.knowledge.flows.writing import read
from kmsvc.people.readers.queries import all_read

# the noun above owns the class
_PROCESS = table("process_definition", column("id"), column("number"), column("published_version_id"), column("audience_unit_id"))


@dataclass(frozen=True)
class Target:
    """A thing with a number that outcomes point to. for_few: it is secret, so not everybody it is for may read it."""

    kind: str
    id: int
    number: str
    is_live: bool
    audience_unit_id: int | None
    for_few: bool = False


def targets(session: Session, nodes: Sequence[Node]) -> dict[str, Target]:
    """By number: the articles and processes these nodes point to, whoever may read them."""
    numbers = sorted({node.link for node in nodes if node.link})
    if not numbers:
        return {}
    found: dict[str, Target] = {}
    for row in session.execute(select(_PROCESS).where(func.upper(_PROCESS.c.number).in_(numbers))):
        found[row.number.upper()] = Target("process", row.id, row.number, row.published_version_id is not None,
                                           row.audience_unit_id)
    rows = session.execute(select(Article.id, Article.number, Article.audience_unit_id, ArticleVersion.confidentiality)
                           .outerjoin(ArticleVersion, ArticleVersion.id == Article.published_version_id)
                           .where(func.upper(Article.number).in_(numbers)))
    for one in rows:
        found[one.number.upper()] = Target("article", one.id, one.number, one.confidentiality is not None, one.audience_unit_id,
                                           one.confidentiality == "secret")
    return found


def problems_of_links(session: Session, nodes: Sequence[Node], audience_unit_id: int | None) -> list[Problem]:
    """What must be mended of the links before everybody of this audience can follow them."""
    known = targets(session, nodes)
    above = all_read(session, audience_unit_id)
    found = []
    for node in nodes:
        if not node.link:
            continue
        target = known.get(node.link)
        if target is None or not target.is_live:
            found.append(Problem(node.key, N_("There is no article or process in force with the number this outcome points to.")))
        elif target.for_few or not fits_audience(audience_unit_id, above, target.audience_unit_id):
            found.append(Problem(node.key, N_("Not everybody this flow is for may read what this outcome points to.")))
    return found


def problems_of_text(session: Session, body: str, audience_unit_id: int | None) -> list[Problem]:
    """Everything that keeps a text from being published for this audience."""
    nodes, lost = read(body)
    return [*lost, *problems_of(nodes), *problems_of_links(session, nodes, audience_unit_id)]

"""Reads over models: by code, their clauses in order, and a whole model as scripts read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from kmsvc.standards.models import frame
from kmsvc.standards.models.models import Clause, ClauseMapping, LicensedText, Section, StandardModel
from kmsvc.standards.models.rules import edition_order

OWN = ("signs", "before")
"""what a row keeps in its frame beside what a file says: plus and minus items by number, and what the last import replaced"""


@dataclass(frozen=True)
class ModelLine:
    """A model in a list. subs: scored sub-items; licensed: clauses and sub-items whose wording the centre has."""

    id: int
    code: str
    edition: str
    title_zh: str
    title_en: str
    clauses: int
    subs: int
    is_packaged: bool
    newest: bool
    licensed: int


def model_by_code(session: Session, code: str, edition: str | None = None) -> StandardModel | None:
    """The model of this code; without an edition the newest."""
    query = select(StandardModel).where(StandardModel.code == code)
    query = query.where(StandardModel.newest) if edition is None else query.where(StandardModel.edition == edition)
    return session.scalars(query).one_or_none()


def clauses_of(session: Session, model_id: int, *, subs: bool = True) -> list[Clause]:
    """The clauses of a model with their sub-items, in the order of the standard; not those that are gone."""
    query = select(Clause).where(Clause.model_id == model_id, Clause.gone.is_(False)).order_by(Clause.place)
    return list(session.scalars(query if subs else query.where(Clause.sub.is_(None))))


def titled(clauses: Iterable[Clause]) -> dict[str, Clause]:
    """`N` or `N.sub` -> clause."""
    return {one.name: one for one in clauses}


def clause_of(session: Session, code: str, name: str) -> Clause | None:
    """The clause `N` or `N.sub` of the newest edition of a model."""
    no, _, sub = name.partition(".")
    if not no.isdecimal() or (sub and not sub.isdecimal()) or len(name) > 12:
        return None
    return session.scalars(select(Clause).join(StandardModel, StandardModel.id == Clause.model_id).where(
        StandardModel.code == code, StandardModel.newest, Clause.no == int(no), Clause.gone.is_(False),
        Clause.sub == int(sub) if sub else Clause.sub.is_(None))).one_or_none()


def sections_of(session: Session, model_id: int) -> list[Section]:
    """Chapters, sections and subsections of a model, in their order."""
    return list(session.scalars(select(Section).where(Section.model_id == model_id).order_by(Section.place)))


def model_lines(session: Session) -> list[ModelLine]:
    """Every model and edition, the newest edition of each first."""
    counts = {model: (clauses, subs, licensed) for model, clauses, subs, licensed in session.execute(select(
        Clause.model_id, func.count().filter(Clause.sub.is_(None)), func.count().filter(Clause.sub.is_not(None)),
        func.count(LicensedText.id)).outerjoin(LicensedText, LicensedText.clause_id == Clause.id).where(
        Clause.gone.is_(False)).group_by(Clause.model_id))}
    rows = sorted(session.scalars(select(StandardModel).order_by(StandardModel.code)), key=lambda row: edition_order(row.edition),
                  reverse=True)
    rows.sort(key=lambda row: (row.code, not row.newest))
    return [ModelLine(row.id, row.code, row.edition, row.title_zh, row.title_en, *counts.get(row.id, (0, 0, 0))[:2], row.is_packaged,
                      row.newest, counts.get(row.id, (0, 0, 0))[2]) for row in rows]


def sought(lines: Iterable[ModelLine], q: str | None) -> list[ModelLine]:
    """Those whose code, edition or title has the words."""
    words = (q or "").casefold().split()
    return [one for one in lines if all(
        word in f"{one.code} {one.edition} {one.title_zh} {one.title_en}".casefold() for word in words)]


@dataclass(frozen=True)
class ClauseFilters:
    """What clauses are narrowed to. q: number (`42`, `#42`, `109.1`) or words of both gists; cycle: one of frame.CYCLES, or `none`;
    record: archive, document or `none`; trigger: `yes` or `no`; section: a number, with those below it; sign: plus or minus."""

    q: str | None = None
    cycle: str | None = None
    trigger: str | None = None
    record: str | None = None
    section: str | None = None
    sign: str | None = None


def narrowed(clauses: Iterable[Clause], chosen: ClauseFilters, signs: Mapping[str, str]) -> list[Clause]:
    """The clauses that fit, in their order. signs: number -> plus or minus."""
    words = (chosen.q or "").strip().casefold().split()
    number = "".join(words).lstrip("#\uff03")

    def fits(one: Clause) -> bool:
        section = one.section == chosen.section or one.section.startswith(f"{(chosen.section or '').removesuffix('.0')}.")
        said = f"{one.title_zh} {one.title_en} {one.module}".casefold()
        return ((not words or number in (one.name, f"{one.no}") or all(word in said for word in words))
                and (chosen.cycle is None or (one.cycle or "none") == chosen.cycle)
                and (chosen.trigger is None or bool(one.triggers) == (chosen.trigger == "yes"))
                and (chosen.record is None or (one.record or one.weak_record or "none") == chosen.record)
                and (chosen.section is None or section) and (chosen.sign is None or signs.get(one.name) == chosen.sign))
    return [one for one in clauses if fits(one)]


@dataclass(frozen=True)
class Correspondence:
    """How a clause stands to one of another standard. forth: it is the origin; other: None for what is new or withdrawn."""

    relation: str
    forth: bool
    model: StandardModel
    other: Clause | None
    note: str


def correspondences(session: Session, clause_id: int) -> list[Correspondence]:
    """The clauses of other editions and standards that this one came from or went to."""
    found = []
    for forth, own, far, of in ((False, ClauseMapping.to_clause_id, ClauseMapping.from_clause_id, ClauseMapping.from_model_id),
                                (True, ClauseMapping.from_clause_id, ClauseMapping.to_clause_id, ClauseMapping.to_model_id)):
        rows = session.execute(select(ClauseMapping, StandardModel, Clause).join(StandardModel, StandardModel.id == of).outerjoin(
            Clause, Clause.id == far).where(own == clause_id).order_by(ClauseMapping.id))
        found += [Correspondence(row.relation, forth, model, other, row.note) for row, model, other in rows]
    return found


def mapped_to(session: Session, model_id: int) -> list[tuple[str, Clause | None, Clause | None, StandardModel]]:
    """(relation, origin, heir, standard of the origin) of every correspondence that leads to this standard."""
    origin, heir, source = aliased(Clause), aliased(Clause), aliased(StandardModel)
    return [(row.relation, first, last, of) for row, first, last, of in session.execute(
        select(ClauseMapping, origin, heir, source).join(source, source.id == ClauseMapping.from_model_id).outerjoin(
            origin, origin.id == ClauseMapping.from_clause_id).outerjoin(heir, heir.id == ClauseMapping.to_clause_id).where(
            ClauseMapping.to_model_id == model_id).order_by(ClauseMapping.id))]


def licensed_texts(session: Session, clause_ids: Iterable[int]) -> dict[int, str]:
    """Clause -> the wording the centre has licensed."""
    return dict(session.execute(select(LicensedText.clause_id, LicensedText.text).where(
        LicensedText.clause_id.in_(sorted(set(clause_ids))))).all())


def export(session: Session, model: StandardModel) -> dict[str, Any]:
    """A model as scripts read it, without licensed texts. `triggers` and `min_contents` are English, beside them Chinese ones."""
    levels = [{"level": one["level"], "name_zh": (one["name"] or {}).get("zh"), "name_en": (one["name"] or {}).get("en"),
               **{name: one[name] for name in ("c_min", "f_min", "c_min_5", "f_min_5", "total_min", "years_min")}}
              for one in model.frame.get("levels", [])]
    return {"code": model.code, "edition": model.edition, "title_zh": model.title_zh, "title_en": model.title_en,
            "scoring": model.frame["scoring"], "default_basis": model.frame.get("default_basis"), "bases": model.frame.get("bases", {}),
            "levels": levels, "modules": model.frame.get("modules", []), "dimensions": model.frame.get("dimensions", []),
            "evidence_classes": model.frame.get("evidence_classes", []), "figures": model.frame.get("figures", {}),
            "sections": [{"number": one.number, "title_zh": one.title_zh, "title_en": one.title_en}
                         for one in sections_of(session, model.id)],
            "items": [_item(one) for one in clauses_of(session, model.id)]}


def _item(one: Clause) -> dict[str, Any]:
    said = {f"{name}{ending}": [it[language] for it in getattr(one, name)] for name in ("triggers", "min_contents")
            for ending, language in (("", "en"), ("_zh", "zh"))}
    return {"no": one.no, "sub": one.sub, "section": one.section, "title_zh": one.title_zh, "title_en": one.title_en, "cycle": one.cycle,
            "cycle_months": one.cycle_months, "at_least": one.at_least, "firm": one.firm, "record": one.record,
            "weak_record": one.weak_record, "module": one.module, **said}


def as_yaml(session: Session, model: StandardModel, *, licensed: bool = False) -> str:
    """A model as our own YAML, which `models import` reads again. licensed: with the wording the centre has licensed."""
    whole = data_of(session, model, licensed=licensed)
    code, edition, title, sections, clauses, mappings = (
        whole.pop(name) for name in ("code", "edition", "title", "sections", "clauses", "mapping_from"))
    return frame.write(code, edition, title, whole, sections, clauses, mappings)


def data_of(session: Session, model: StandardModel, *, licensed: bool = False) -> dict[str, Any]:
    """A model as `frame.of_data` takes it."""
    clauses = clauses_of(session, model.id)
    texts = licensed_texts(session, [one.id for one in clauses]) if licensed else {}
    signs = model.frame.get("signs", {})
    subs: dict[int, list[dict[str, Any]]] = {}
    for one in clauses:
        if one.sub is not None:
            subs.setdefault(one.no, []).append(
                {"sub": one.sub, "title": {"zh": one.title_zh, "en": one.title_en}, "text": texts.get(one.id)})
    whole = [{"no": one.no, "section": one.section, "title": {"zh": one.title_zh, "en": one.title_en}, "module": one.module,
              **{name: getattr(one, name) for name in ("cycle", "cycle_months", "at_least", "firm", "triggers", "record", "weak_record",
                                                       "min_contents")},
              "sign": signs.get(one.name), "subs": subs.get(one.no, []), "text": texts.get(one.id)}
             for one in clauses if one.sub is None]
    return {"code": model.code, "edition": model.edition, "title": {"zh": model.title_zh, "en": model.title_en},
            **{name: value for name, value in model.frame.items() if name not in OWN},
            "sections": [{"number": one.number, "title": {"zh": one.title_zh, "en": one.title_en}}
                         for one in sections_of(session, model.id)],
            "clauses": whole, "mapping_from": _mappings(session, model)}


def _mappings(session: Session, model: StandardModel) -> Sequence[dict[str, Any]]:
    origin, target, source_model = aliased(Clause), aliased(Clause), aliased(StandardModel)
    rows = session.execute(select(ClauseMapping, origin, target, source_model).join(
        source_model, source_model.id == ClauseMapping.from_model_id).outerjoin(
        origin, origin.id == ClauseMapping.from_clause_id).outerjoin(target, target.id == ClauseMapping.to_clause_id).where(
        ClauseMapping.to_model_id == model.id).order_by(ClauseMapping.id))
    found: dict[int, dict[str, Any]] = {}
    for row, source, heir, of in rows:
        held = found.setdefault(of.id, {"code": of.code, "edition": of.edition, "pairs": []})
        held["pairs"].append({"relation": row.relation, "from": source.name if source else None, "to": heir.name if heir else None,
                              "note": row.note or None})
    return list(found.values())

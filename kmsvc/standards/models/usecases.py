"""Bring a model into the house: the ones of the product at every start, those of the centre from a file."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.standards.models.frame import Frame, read
from kmsvc.standards.models.models import (
    Clause,
    ClauseMapping,
    LicensedText,
    Section,
    StandardModel,
)
from kmsvc.standards.models.permissions import INSTALL_STANDARDS, KEEP_STANDARDS
from kmsvc.standards.models.queries import as_yaml, clauses_of, model_by_code, titled
from kmsvc.standards.models.rules import edition_order

_FACTS = ("place", "section", "title_zh", "title_en", "module", "cycle", "cycle_months", "at_least", "firm", "triggers", "record",
          "weak_record", "min_contents", "gone")


@dataclass
class Imported:
    """What became of the clauses and sub-items of a file: created + updated + unchanged + rejected = read."""

    model_id: int = 0
    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)


def packaged() -> Iterator[Frame]:
    """The models that come with the product."""
    folder = files("kmsvc.standards.models") / "data"
    for one in sorted(folder.iterdir(), key=lambda it: it.name):
        if one.name.endswith(".yaml"):
            yield read(one.read_text("utf-8"))


def install_packaged(work: Work) -> list[str]:
    """Make the models of the product, or bring them level with it; the codes that changed. What a centre took over as its own stays.
    Twice changes nothing."""
    work.permit(INSTALL_STANDARDS)
    changed = []
    for frame in packaged():
        row = model_by_code(work.session, frame.code, frame.edition)
        if row is None or (row.is_packaged and row.digest != frame.digest):
            _put(work, frame, row, is_packaged=True)
            changed.append(frame.code)
    return changed


def import_model(work: Work, frame: Frame) -> Imported:
    """Bring a model in from a file: a new one, a new edition, licensed texts for one that is there, or a changed one, which is the
    centre's own from then on. What it replaced is kept, so that the last import can be taken back."""
    work.permit(KEEP_STANDARDS)
    row = model_by_code(work.session, frame.code, frame.edition)
    before = {"packaged": False, "yaml": None} if row is None else {
        "packaged": row.is_packaged, "yaml": _packed(as_yaml(work.session, row, licensed=True))}
    if row is not None and row.digest == frame.digest:
        done = Imported(row.id)
        done.read = len(_rows(frame))
        done.updated = _license(work, row, frame)
        done.unchanged = done.read - done.updated
        if not done.updated:
            return done
    else:
        done = _put(work, frame, row, is_packaged=False)
        row = work.get(StandardModel, done.model_id)
    row.frame, row.changed_at = {**row.frame, "before": before}, work.now
    work.session.flush()
    return done


def can_take_back(row: StandardModel) -> bool:
    """Whether the last import of a model is still there to be taken back."""
    return "before" in row.frame


def take_back(work: Work, model_id: int, *, reason: str, version: int | None = None) -> bool:
    """Take the last import of a model back: it says again what it said before; one that the import made goes, unless something already
    stands on it. Whether the model is still there."""
    row = work.get(StandardModel, model_id, lock=True, version=version)
    work.permit(KEEP_STANDARDS, row)
    before = row.frame.get("before")
    if before is None:
        raise RuleBroken("standards.model.nothing_to_take_back", N_("There is no import here that could be taken back."))
    work.because(reason)
    ids = select(Clause.id).where(Clause.model_id == row.id)
    for one in work.session.scalars(select(LicensedText).where(LicensedText.clause_id.in_(ids))):
        work.session.delete(one)
    for pair in work.session.scalars(select(ClauseMapping).where(ClauseMapping.to_model_id == row.id)):
        work.session.delete(pair)
    work.session.flush()
    if before["yaml"] is None:
        _remove(work, row)
        return False
    _put(work, read(zlib.decompress(base64.b64decode(before["yaml"])).decode()), row, is_packaged=before["packaged"])
    return True


def _packed(text: str) -> str:
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def _remove(work: Work, row: StandardModel) -> None:
    """An edition goes whole; where anything points to it the database refuses and the whole unit is taken back."""
    code = row.code
    if work.session.scalars(select(ClauseMapping.id).where(ClauseMapping.from_model_id == row.id).limit(1)).first():
        raise _in_use()
    try:
        work.session.execute(delete(Clause).where(Clause.model_id == row.id))
        work.session.execute(delete(Section).where(Section.model_id == row.id))
        work.session.delete(row)
        work.session.flush()
    except IntegrityError as error:
        raise _in_use() from error
    left = work.session.scalars(select(StandardModel).where(StandardModel.code == code)).all()
    if left and not any(one.newest for one in left):
        max(left, key=lambda one: edition_order(one.edition)).newest = True


def _in_use() -> RuleBroken:
    return RuleBroken("standards.model.in_use", N_("Something already stands on this standard; it stays."))


def _rows(frame: Frame) -> list[dict[str, Any]]:
    """The facts of each clause and sub-item, in their order, as columns of Clause."""
    found: list[dict[str, Any]] = []
    for one in frame.clauses:
        same = {"section": one["section"], "module": one["module"], "gone": False}
        found.append(same | {
            "no": one["no"], "sub": None, "place": len(found), "title_zh": one["title"]["zh"], "title_en": one["title"]["en"],
            **{name: one[name] for name in ("cycle", "cycle_months", "at_least", "firm", "record", "weak_record")},
            "triggers": [dict(it) for it in one["triggers"]], "min_contents": [dict(it) for it in one["min_contents"]]})
        for sub in one["subs"]:
            found.append(same | {
                "no": one["no"], "sub": sub["sub"], "place": len(found), "title_zh": sub["title"]["zh"], "title_en": sub["title"]["en"],
                "cycle": None, "cycle_months": None, "at_least": False, "firm": True, "record": None, "weak_record": None,
                "triggers": [], "min_contents": []})
    return found


def _put(work: Work, frame: Frame, row: StandardModel | None, *, is_packaged: bool) -> Imported:
    if row is None:
        newest = all(edition_order(frame.edition) >= edition_order(one) for one in work.session.scalars(
            select(StandardModel.edition).where(StandardModel.code == frame.code)))
        if newest:
            for one in work.session.scalars(select(StandardModel).where(StandardModel.code == frame.code)):
                one.newest = False
        row = StandardModel(code=frame.code, edition=frame.edition, made_at=work.now, newest=newest)
        work.session.add(row)
    row.title_zh, row.title_en, row.frame = frame.title["zh"], frame.title["en"], frame.rest
    row.digest, row.is_packaged, row.changed_at = frame.digest, is_packaged, work.now
    work.session.flush()
    work.session.execute(delete(Section).where(Section.model_id == row.id))
    work.session.add_all(Section(model_id=row.id, place=place, number=one["number"], title_zh=one["title"]["zh"],
                                 title_en=one["title"]["en"]) for place, one in enumerate(frame.sections))
    done = _bring_level(work, row, _rows(frame))
    _license(work, row, frame)
    _map(work, row, frame)
    work.session.flush()
    return done


def _bring_level(work: Work, row: StandardModel, rows: Sequence[Mapping[str, Any]]) -> Imported:
    """Clauses keep their ids, so that what points to them stays true; one the file has no more is marked, never deleted."""
    there = {(one.no, one.sub): one for one in work.session.scalars(select(Clause).where(Clause.model_id == row.id))}
    done = Imported(row.id, read=len(rows))
    for one in rows:
        held = there.pop((one["no"], one["sub"]), None)
        if held is None:
            work.session.add(Clause(model_id=row.id, **one))
            done.created += 1
        elif any(getattr(held, name) != one[name] for name in _FACTS):
            for name in _FACTS:
                setattr(held, name, one[name])
            done.updated += 1
        else:
            done.unchanged += 1
    if there:
        work.session.execute(update(Clause).where(Clause.id.in_([one.id for one in there.values()])).values(gone=True))
    work.session.flush()
    return done


def _license(work: Work, row: StandardModel, frame: Frame) -> int:
    """Keep the licensed texts the file has; those it has not stay. How many changed."""
    texts = {(one["no"], sub): text for one in frame.clauses for sub, text in (
        (None, one["text"]), *((it["sub"], it["text"]) for it in one["subs"])) if text}
    if not texts:
        return 0
    ids = {(one.no, one.sub): one.id for one in clauses_of(work.session, row.id)}
    held = {one.clause_id: one for one in work.session.scalars(select(LicensedText).where(
        LicensedText.clause_id.in_(list(ids.values()))))}
    changed = 0
    for key, text in texts.items():
        there = held.get(ids[key])
        if there is None:
            work.session.add(LicensedText(clause_id=ids[key], text=text, changed_at=work.now))
        elif there.text != text:
            there.text, there.changed_at = text, work.now
        else:
            continue
        changed += 1
    return changed


def _map(work: Work, row: StandardModel, frame: Frame) -> None:
    for place, one in enumerate(frame.mappings):
        origin = model_by_code(work.session, one["code"], one["edition"])
        if origin is None or origin.id == row.id:
            raise InvalidInput({f"mapping_from[{place + 1}].code": [
                Filled(N_("There is no standard %(standard)s here."), standard=one["code"])]})
        for relation in work.session.scalars(select(ClauseMapping).where(
                ClauseMapping.from_model_id == origin.id, ClauseMapping.to_model_id == row.id)):
            work.session.delete(relation)
        work.session.flush()
        sources, targets = (titled(clauses_of(work.session, it.id)) for it in (origin, row))
        work.session.add_all(_pairs(one["pairs"], place, origin.id, row.id, sources, targets))


def _pairs(pairs: Iterable[Mapping[str, Any]], place: int, from_id: int, to_id: int, sources: Mapping[str, Clause],
           targets: Mapping[str, Clause]) -> Iterator[ClauseMapping]:
    seen: set[tuple[str | None, str | None]] = set()
    for number, pair in enumerate(pairs, 1):
        name = f"mapping_from[{place + 1}].pairs[{number}]"
        wants_source, wants_target = pair["relation"] != "new", pair["relation"] != "withdrawn"
        for side, wanted, there in (("source", wants_source, sources), ("target", wants_target, targets)):
            if (pair[side] is not None) != wanted or (wanted and pair[side] not in there):
                raise InvalidInput({f"{name}.{'from' if side == 'source' else 'to'}": [
                    Filled(N_("There is no clause %(name)s."), name=pair[side]) if wanted and pair[side]
                    else N_("What is new has no origin; what is withdrawn has no heir; all others have both.")]})
        both = (pair["source"], pair["target"])
        if both in seen:
            raise InvalidInput({name: [Filled(N_("Clause %(no)s stands twice."), no=pair["target"] or pair["source"])]})
        seen.add(both)
        yield ClauseMapping(from_model_id=from_id, to_model_id=to_id, relation=pair["relation"], note=pair["note"] or "",
                            from_clause_id=sources[pair["source"]].id if wants_source else None,
                            to_clause_id=targets[pair["target"]].id if wants_target else None)

"""The pack of a room: the proof of its clauses as of a day, written by the packs of the house and noted like any other."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

from kmsvc.core.errors import NotFound
from kmsvc.core.work import Work
from kmsvc.standards.models.queries import clauses_of, model_by_code
from kmsvc.standards.packs.building import write_pack
from kmsvc.standards.packs.models import ProofPack
from kmsvc.standards.rooms.models import Room
from kmsvc.standards.rooms.permissions import VISIT_ROOM
from kmsvc.standards.rooms.viewing import in_scope, proof_reader


@dataclass(frozen=True)
class RoomPack:
    """A pack that is ready: its bytes, its name, and what is noted of it."""

    body: BytesIO
    name: str
    edition: str
    as_of: date
    clauses: tuple[str, ...]
    records: int
    sha256: str


def write(work: Work, room: Room, as_of: date, zone: str, files: Path) -> RoomPack:
    """The pack of a room as of a day. Reads only; whoever may be in the room may take its proof away.

    files: where the bytes of files that are proof lie."""
    model = model_by_code(work.session, room.model)
    if model is None:
        raise NotFound()
    clauses = [one for one in in_scope(room, clauses_of(work.session, model.id)) if one.sub is None or room.clauses]
    body = BytesIO()
    made = write_pack(work.session, proof_reader(work.actor), model, clauses, room.year, as_of, zone, body,
                      files=files)
    return RoomPack(body, f"{room.number}-{room.model}-{room.year}-{as_of.isoformat()}.zip", model.edition, as_of,
                    tuple(one.name for one in clauses), made.records, hashlib.sha256(body.getbuffer()).hexdigest())


def note(work: Work, room: Room, pack: RoomPack) -> None:
    """Note who took which proof, as of every pack."""
    work.permit(VISIT_ROOM)
    work.session.add(ProofPack(at=work.now, person_id=work.actor.person_id, model=room.model, edition=pack.edition, year=room.year,
                               as_of=pack.as_of, clauses=list(pack.clauses), records=pack.records, sha256=pack.sha256))

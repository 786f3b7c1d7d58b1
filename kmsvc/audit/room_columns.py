"""Words for columns and inputs of auditor's rooms and second factors: merged into those of `columns`. English sources."""

from __future__ import annotations

from collections.abc import Mapping

from kmsvc.core.texts import N_, Labelled
from kmsvc.standards.rooms.rules import AskState, RoomFinding, RoomState
from kmsvc.standards.rooms.verbs import REQUEST_VERBS

ROOM, GUEST, SAMPLE, MARK, REQUEST, WORD, PACK = (
    f"standards_room{name}" for name in ("", "_guest", "_sample", "_mark", "_request", "_word", "_pack"))
FACTOR = "people_factor"
SUBJECTS = {ROOM: N_("Auditor's room"), GUEST: N_("Guest of an auditor's room"), SAMPLE: N_("Sample of an auditor"),
            MARK: N_("Judgement of an auditor"), REQUEST: N_("Request of an auditor"), WORD: N_("Word on a request of an auditor"),
            PACK: N_("Pack of an auditor's room"),
            FACTOR: N_("Second factor")}
COLUMNS: dict[str, str] = {
    "is_guest": N_("From outside"), "begun_at": N_("Begun"), "confirmed_at": N_("Confirmed"),
    "from_on": N_("Open from"), "until_on": N_("Open until"), "keeper_id": N_("Who answers requests"),
    "token_until": N_("Link counts until"),
    "entered_at": N_("Came in"), "invited_at": N_("Invited"), "invited_by_id": N_("Invited by"),
    "population": N_("Population"), "population_hash": N_("Hash of the population"), "drawn_by_id": N_("Drawn by"),
    "thing": N_("Thing"), "thing_title": N_("What it is about"), "answered_on": N_("Answered on"), "asked_by_id": N_("Asked by"),
    "finding": N_("Finding"), "keeper": N_("Who answers requests"), "guest": N_("Guest"), "gaps": N_("Gaps only"),
    "sampled": N_("Sampled only"), "sample": N_("Sample"), "asks": N_("Thing"), "invited": N_("Invitation"), "ticket": N_("Ticket"),
}
OF_TABLE: dict[tuple[str, str], str] = {
    **{(table, "room_id"): N_("Auditor's room") for table in (GUEST, SAMPLE, MARK, REQUEST, PACK)},
    (PACK, "order_id"): N_("Ordered pack of proof"), (MARK, "remark"): N_("Remark"), (SAMPLE, "drawn_at"): N_("Drawn"),
    (ROOM, "model"): N_("Standard"), (ROOM, "clauses"): N_("Clauses"), (ROOM, "as_of"): N_("As of"), (GUEST, "token_hash"): N_("Link"),
    (SAMPLE, "as_of"): N_("As of"), (SAMPLE, "rows"): N_("Rows"), (MARK, "mark"): N_("Finding"), (REQUEST, "clause"): N_("Clause"),
    (WORD, "verb"): N_("Step"), (FACTOR, "secret"): N_("Secret"), (SAMPLE, "clause"): N_("Clause"), (MARK, "clause"): N_("Clause"),
}
CODES: dict[tuple[str, str], type[Labelled] | Mapping[str, str]] = {(ROOM, "state"): RoomState, (MARK, "mark"): RoomFinding,
    (REQUEST, "state"): AskState,
         (WORD, "verb"): {name: verb.label for name, verb in REQUEST_VERBS.items()}}

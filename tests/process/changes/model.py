"""A second, independent telling of the fifteen steps: plain variables, a paragraph a step, nothing of the product.

The state machine in `test_state_machine.py` plays product and model side by side and compares what each allows."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Model:
    """One change request. `who` is a person's number; `roles` says what each holds; `teams` which people a unit has."""

    roles: dict[int, set[str]]
    teams: dict[str, set[int]]
    asker: int
    owner: int | None
    step: int = 1
    end: str | None = None
    author: int | None = None
    asked_back: bool = False
    researched: bool = False
    units: set[str] = field(default_factory=set)
    helpers: dict[str, tuple[int, bool]] = field(default_factory=dict)  # unit -> (who, has accepted)
    wrote: set[int] = field(default_factory=set)
    drafted_by: int | None = None
    spoke: set[int] = field(default_factory=set)
    remarks: int = 0
    signed: dict[str, int] = field(default_factory=dict)
    released: set[str] = field(default_factory=set)
    waits_for_day: bool = False
    approved: bool = False
    planned: set[int] = field(default_factory=set)
    sessions: int = 0
    sit_ins: int = 0
    samples: int = 0
    unrouted: int = 0
    unanswered: int = 0
    items: int = 0
    done: int = 0

    # --- who is who -------------------------------------------------------------------------------------------------
    def has(self, who: int, role: str) -> bool:
        return role in self.roles[who]

    def is_author(self, who: int) -> bool:
        return who == self.author and self.has(who, "process_author")

    def is_owner(self, who: int) -> bool:
        return who == self.owner and self.has(who, "business_owner")

    def may_watch(self, who: int) -> bool:
        return self.is_author(who) or any(who == helper and agreed for helper, agreed in self.helpers.values())

    def seat(self, who: int) -> str | None:
        """Where this person may still sign: never an own text, never twice."""
        if who in self.wrote or who == self.author or who in self.signed.values():
            return None
        if self.is_owner(who):
            return None if "owner" in self.signed else "owner"
        if who != self.owner and self.has(who, "process_manager") and "manager" not in self.signed:
            return "manager"
        return None

    def missing(self) -> set[int]:
        """People of the affected units without a place in a session."""
        return set().union(*(self.teams[unit] for unit in self.units)) - self.planned if self.units else set()

    # --- what may be done now ---------------------------------------------------------------------------------------
    def allowed(self, who: int) -> set[str]:
        if self.end:
            return set()
        can = {"comment"}
        manages, inspects = self.has(who, "process_manager"), self.has(who, "qa_inspector")
        if manages and 2 <= self.step <= 14:
            can.add("assign_author")
        if who == self.asker and self.step <= 7 and not self.signed and not self.approved:
            can.add("withdraw")
        if self.is_author(who) and self.step in (4, 6, 13):
            can.add("save_draft")
        if self.step == 1:
            if manages:
                can |= {"reject"} if self.asked_back else {"reject", "accept", "ask_back"}
            if who == self.asker and self.asked_back:
                can.add("resubmit")
        elif self.step == 2:
            if self.is_author(who):
                can |= {"record_research", "change_scope"}
            if self.is_owner(who) and self.researched:
                can |= {"confirm_need", "no_need"}
        elif self.step == 3:
            if manages:
                can.add("name_assistant")
            if (who, False) in self.helpers.values():
                can |= {"accept_assistance", "decline_assistance"}
        elif self.step == 4:
            if self.is_author(who):
                can.add("submit_draft")
        elif self.step == 5:
            if who in self.jury() - self.spoke:
                can.add("give_verdict")
        elif self.step == 6:
            if self.is_author(who):
                can |= {"review_again", "answer_comment" if self.remarks else "submit_correction"}
        elif self.step in (7, 14):
            if self.seat(who):
                can.add("sign")
            if who not in self.wrote and who != self.author and (manages or self.is_owner(who)):
                can.add("return_final")
        elif self.step in (8, 15):
            if manages and "mail" not in self.released:
                can.add("release_mail")
            if self.has(who, "knowledge_editor") and "kb" not in self.released:
                can.add("release_kb")
        elif self.step == 9:
            if self.has(who, "trainer"):
                can.add("plan_training")
                if self.sessions and not self.missing():
                    can.add("finish_planning")
        elif self.step == 13:
            if self.is_author(who):
                can.add("redesign")
                can |= {"answer_feedback"} if self.unanswered else {"submit_update", "confirm_unchanged"}
        if self.step in (2, 3) and self.researched and (manages or self.is_author(who)):
            can.add("add_affected_unit")
        if self.step in (10, 11, 12):
            self._in_the_field(who, inspects, can)
        return can

    def _in_the_field(self, who: int, inspects: bool, can: set[str]) -> None:
        enough = self.samples >= 5
        settled = self.items > 0 and self.unrouted == 0
        if self.may_watch(who):
            can.add("record_sit_in")
            if self.step == 10 and self.sit_ins:
                can.add("finish_sit_in")
                if enough and settled:
                    can.add("text_unclear")
        if inspects:
            can |= {"record_sample", "record_feedback"}
            if self.unrouted:
                can.add("route_feedback")
            if self.step == 11 and enough:
                can.add("finish_sampling")
            if self.step == 12 and settled:
                can.add("finish_feedback")
        if self.step <= 11 and self.sit_ins + self.samples and (inspects or self.may_watch(who)):
            can.add("teach_again")

    def jury(self) -> set[int]:
        return {who for who, agreed in self.helpers.values() if agreed} | ({self.owner} if self.owner else set())

    def takes(self, verb: str, told: dict[str, object]) -> bool:
        """Whether the people named for a verb fit: authors and owners hold their role, assistants are of a unit without one."""
        if verb in ("accept", "assign_author") and not self.has(int(told["author"]), "process_author"):  # type: ignore[call-overload]
            return False
        if verb == "accept":
            return self.owner is not None or self.has(int(told["owner"]), "business_owner")  # type: ignore[call-overload]
        if verb == "assign_author":
            return told["author"] not in self.signed.values()
        if verb == "name_assistant":
            waiting = self.units - set(self.helpers) or self.units
            return told["unit"] in self.units and told["person"] in set().union(*(self.teams[unit] for unit in waiting))
        return True

    # --- what a verb does -------------------------------------------------------------------------------------------
    def do(self, who: int, verb: str, told: dict[str, object]) -> None:
        self.done += verb != "save_draft"
        match verb:
            case "accept":
                self.author = int(told["author"])  # type: ignore[call-overload]
                self.owner = self.owner or int(told["owner"])  # type: ignore[call-overload]
                self.go(2)
            case "ask_back" | "resubmit":
                self.asked_back = verb == "ask_back"
            case "reject":
                self.end = "rejected"
            case "withdraw":
                self.end = "withdrawn"
            case "no_need":
                self.end = "closed_no_need"
            case "change_scope":
                self.go(1)
            case "record_research":
                self.researched = True
                self.units.add(str(told["unit"]))
            case "add_affected_unit":
                self.units.add(str(told["unit"]))
            case "confirm_need":
                self.go(3)
            case "name_assistant":
                self.helpers[str(told["unit"])] = (int(told["person"]), False)  # type: ignore[call-overload]
            case "accept_assistance":
                self.helpers = {unit: (one, agreed or one == who) for unit, (one, agreed) in self.helpers.items()}
                if set(self.helpers) >= self.units and all(agreed for _, agreed in self.helpers.values()):
                    self.go(4)
            case "decline_assistance":
                self.helpers = {unit: (one, ok) for unit, (one, ok) in self.helpers.items() if one != who or ok}
            case "save_draft":
                self.drafted_by = who
            case "assign_author":
                if self.drafted_by and int(told["author"]) != self.author:  # type: ignore[call-overload]
                    self.wrote.add(self.drafted_by)
                self.author = int(told["author"])  # type: ignore[call-overload]
            case "submit_draft" | "submit_correction" | "review_again" | "submit_update" | "confirm_unchanged":
                self.wrote.add(who)
                self.drafted_by = None
                self.go({"submit_draft": 5, "submit_correction": 7, "review_again": 5}.get(verb, 14))
            case "give_verdict":
                self.spoke.add(who)
                self.remarks += bool(told["remark"])
                if self.jury() <= self.spoke:
                    self.go(6)
            case "comment":
                self.remarks += self.step == 5
            case "answer_comment":
                self.remarks -= 1
            case "sign":
                self.signed[str(self.seat(who))] = who
                if len(self.signed) == 2:
                    self.go(self.step + 1)
            case "return_final":
                self.go(self.step - 1)
            case "release_mail" | "release_kb":
                self.released.add(verb.removeprefix("release_"))
                self.waits_for_day = self.waits_for_day or bool(told.get("later"))
                if len(self.released) == 2 and self.step == 8:
                    self.waits_for_day = False
                    self.go(9)
                elif len(self.released) == 2 and not self.waits_for_day:
                    self.end = "released2"
            case "plan_training":
                self.sessions += 1
                self.planned |= self.teams[str(told["unit"])] & self.missing() if told.get("unit") else self.missing()
            case "finish_planning" | "finish_sit_in" | "finish_sampling" | "finish_feedback":
                self.go(self.step + 1)
            case "record_sit_in":
                self.sit_ins += 1
            case "record_sample":
                self.samples += 1
            case "record_feedback":
                self.items += 1
                self.unanswered += 1
                self.unrouted += not told["route"]
            case "route_feedback":
                self.unrouted -= 1
            case "answer_feedback":
                self.unanswered -= 1
            case "teach_again":
                self.go(9)
            case "text_unclear":
                self.go(13)
            case "redesign":
                self.go(4)

    def go(self, step: int) -> None:
        """A step is entered; what it counts is counted anew."""
        self.step, self.asked_back, self.signed = step, False, {}
        self.approved = self.approved or step == 8
        if step == 2:
            self.researched = False
        if step == 5:
            self.spoke = set()
        if step in (8, 15):
            self.released, self.waits_for_day = set(), False
        if step == 9:
            self.planned, self.sessions, self.sit_ins, self.samples = set(), 0, 0, 0

    def midnight(self) -> None:
        """The day of a planned release comes."""
        if self.step == 15 and len(self.released) == 2 and not self.end:
            self.end = "released2"

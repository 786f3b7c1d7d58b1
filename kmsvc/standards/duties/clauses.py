"""The rules that the clauses of a model make: each clause with a cycle or a trigger gives at least one duty of the centre itself.

What a clause says comes from its model. What the text leaves open (how long «periodic» is, who answers, how early one is reminded, how
long it takes) are defaults here, marked INF in domain section 10.4, and can be changed in each rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.work import Work
from kmsvc.standards.duties.models import ClauseDuty
from kmsvc.standards.duties.permissions import RUN_DUTIES
from kmsvc.standards.duties.rules import DutyMode, DutyOwner, DutyScope, DutyTrigger, lead_days
from kmsvc.standards.models.models import Clause, StandardModel

PERIODIC = {"17": 12, "24": 12, "58": 1, "91": 1, "139": 1, "142": 3, "145": 1, "146": 6, "148": 6, "163": 3}
"""months of what is «periodic» in cc-cmm-oc-2017 without a length. INF of domain section 10.4; #58 follows the monthly appraisal (#91),
#163 is our own choice"""
YEARLY_LOOK = 12
"""what happens upon events or all the time: once a year the centre confirms that every case was handled, with samples. INF"""
OWNERS = {"GOV": "manager", "ENV": "admin", "IT": "admin", "EMG": "manager", "SEC": "compliance", "PROC": "process_manager",
          "KM": "knowledge_editor", "QA": "qa_inspector", "TRN": "trainer", "PPL": "manager", "WFM": "supervisor", "PERF": "manager",
          "COMM": "manager", "SURV": "compliance", "CUST": "business_owner", "INN": "manager"}
"""by the module of a clause the role that answers"""
UPON: dict[str, tuple[DutyTrigger, int]] = {
    "27": (DutyTrigger.PERSON_JOINED, 7), "28": (DutyTrigger.PERSON_JOINED, 30), "72": (DutyTrigger.PERSON_JOINED, 30),
    "50": (DutyTrigger.RESULT_BELOW, 14), "67": (DutyTrigger.PROCESS_PUBLISHED, 14),
    "75": (DutyTrigger.PERSON_LEFT, 14), "76": (DutyTrigger.PERSON_LEFT, 3), "81": (DutyTrigger.REQUIREMENT_CHANGED, 30)}
"""by clause what opens a dated duty, and within how many days. INF"""
MINUTES = {1: 120, 3: 240, 6: 480, 12: 960, 24: 960}
CASE_MINUTES = 30
SUPERIOR_AFTER, MANAGER_AFTER = 7, 14


@dataclass(frozen=True)
class ClauseFact:
    """What a model says of a clause. cycle: annual, biennial, quarterly, monthly, periodic, continuous, event; record: archive,
    document or None."""

    model: str
    no: int
    sub: int | None
    name_zh: str
    name_en: str
    cycle: str
    months: int | None
    record: str | None
    module: str

    @property
    def clause(self) -> str:
        """`N` or `N.sub`."""
        return f"{self.no}" if self.sub is None else f"{self.no}.{self.sub}"


def facts_of(session: Session) -> list[ClauseFact]:
    """Every clause of the newest editions that has a cycle or a trigger, in the order of its model."""
    rows = session.execute(select(StandardModel.code, Clause).join(Clause, Clause.model_id == StandardModel.id).where(
        StandardModel.newest, Clause.gone.is_(False), Clause.cycle.is_not(None)).order_by(StandardModel.code, Clause.place))
    return [ClauseFact(code, one.no, one.sub, one.title_zh[:200], one.title_en[:200], one.cycle or "", one.cycle_months, one.record,
                       one.module) for code, one in rows]


def switch_on_clauses(work: Work, today: date) -> list[ClauseDuty]:
    """What `kmsvc init` and an upgrade do: the rules of the models that are there, those that are missing."""
    return switch_on(work, facts_of(work.session), today)


def switch_on(work: Work, facts: Sequence[ClauseFact], today: date) -> list[ClauseDuty]:
    """Make the rules that are not there yet; those that are stay as they are, changed or switched off. Twice changes nothing."""
    work.permit(RUN_DUTIES)
    there = set(work.session.scalars(select(ClauseDuty.code)))
    made = [row for fact in facts for row in rules_of(fact, today) if row.code not in there]
    for row in made:
        row.made_at = work.now
    work.session.add_all(made)
    work.session.flush()
    return made


def rules_of(fact: ClauseFact, today: date) -> Iterable[ClauseDuty]:
    """The rules of one clause: one by the calendar for the centre, one upon what happens where the service knows of it."""
    code = f"{fact.model}.{fact.clause}"
    months = fact.months or {"annual": 12, "biennial": 24, "quarterly": 3, "monthly": 1}.get(fact.cycle) or (
        PERIODIC.get(fact.clause, YEARLY_LOOK) if fact.cycle == "periodic" else YEARLY_LOOK)
    yield _rule(fact, code, today, months=months, minutes=MINUTES.get(months, 480) if fact.cycle not in ("event", "continuous") else 120)
    if fact.clause in UPON and fact.model == "cc-cmm-oc-2017":
        trigger, days = UPON[fact.clause]
        yield _rule(fact, f"{code}.{trigger.value}", today, trigger=trigger.value, days=days, minutes=CASE_MINUTES)


def _rule(fact: ClauseFact, code: str, today: date, *, months: int | None = None, trigger: str | None = None, days: int = 0,
          minutes: int) -> ClauseDuty:
    return ClauseDuty(
        code=code, model=fact.model, clause=fact.clause, clause_no=fact.no, name_zh=fact.name_zh, name_en=fact.name_en,
        scope=DutyScope.CENTRE.value, mode=DutyMode.FIXED.value, months=months, on_days=None, trigger=trigger, days=days,
        owner_kind=DutyOwner.ROLE.value, owner_role=OWNERS.get(fact.module, "compliance"), before=list(lead_days(months)), every=7,
        superior_after=SUPERIOR_AFTER, manager_after=MANAGER_AFTER, record=fact.record, needs_record=fact.record is not None,
        minutes=minutes, since=today, is_on=True)

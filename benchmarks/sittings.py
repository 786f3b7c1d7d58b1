"""An exam of many people on one machine with its clients: begun within a minute, answered every few seconds, all handed in.

Each has a paper of their own from a bank of 300 questions. A browser is played: the paper is begun, its page loaded, each answer sent
by itself and acknowledged, the clock asked for now and then. Beside them one client asks for `/healthz`, which touches neither
database nor session: what the machine can do at that moment, for the ratio."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import insert, select

from benchmarks.lines import Line
from benchmarks.place import ROOT, Running, kmsvc, percentile, serving
from kmsvc.app import make_database
from kmsvc.core.work import Database, Work
from kmsvc.people.accounts.queries import person_by_login
from kmsvc.people.accounts.usecases import add_account
from kmsvc.people.sessions.usecases import create_token
from kmsvc.people.system import OPERATOR, SYSTEM
from kmsvc.people.units.permissions import MANAGE_UNITS
from kmsvc.people.units.usecases import add_unit
from kmsvc.registry import load_nouns
from kmsvc.settings import Settings
from kmsvc.training.exams.models import Exam, ExamCandidate
from kmsvc.training.papers.models import PaperRow, PersonPaper
from kmsvc.training.questions.kinds import Choice, Question, ShortAnswer, TrueFalse, options_of
from kmsvc.training.questions.models import Bank, QuestionRow, QuestionVersion
from kmsvc.training.questions.storing import content_hash, to_json
from kmsvc.training.sittings.models import Answer, Sitting, SittingItem

BANK, ASKED = 300, 30
BEAT_S = 25.0


@dataclass
class Seen:
    """What all clients saw. kept: (sitting, place, number) -> answer, of every answer that was acknowledged."""

    marks: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    kept: dict[tuple[int, int, int], object] = field(default_factory=dict)
    accepted: int = 0

    def mark(self, kind: str, ms: float) -> None:
        """One request of a kind took so long."""
        self.marks.setdefault(kind, []).append(ms)


def question(number: int) -> Question:
    """Every third of a kind: single choice, true or false, short answer."""
    if number % 3 == 0:
        options = options_of([f"{number} 号选项{letter}" for letter in "甲乙丙丁"])
        return Question(f"第{number}题：客户要求退款时，先做哪一步？", Choice(options, (options[number % 4].id,)), "见流程第三节。")
    if number % 3 == 1:
        return Question(f"第{number}题：超过七天的退款须主管审批。", TrueFalse(True), "见流程第四节。")
    return Question(f"第{number}题：怎样向客户说明到账时间？", ShortAnswer(longest=300), "说清三到七个工作日。")


def prepare(people: int) -> tuple[Path, Database, int, list[str]]:
    """A fresh centre with so many agents, their tokens, and an announced exam that is open."""
    data = ROOT / "var" / "bench" / "sittings"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    kmsvc("init", data=data)
    load_nouns()
    db = make_database(Settings.from_env(data_dir=data, database_url=f"sqlite:///{data / 'kmsvc.db'}"))
    logins = [f"bench{number}" for number in range(people)]
    with db.begin(OPERATOR) as work:
        add_unit(work, code="BENCH", name="全中心", parent_code=None)
        for login in logins:
            add_account(work, login=login, name=login, roles=["agent"], unit_code="BENCH", email=f"{login}@bench.test",
                        language="zh_Hans_CN", password_hash="!")
        secrets = [create_token(work, login, name="bench", days=2) for login in logins]
    with db.begin(OPERATOR) as work:
        ids = [one.id for login in logins if (one := person_by_login(work.session, login)) is not None]
        exam = exam_for(work, ids)
    return data, db, exam, secrets


def exam_for(work: Work, people: list[int]) -> int:
    """An exam of an hour whose paper was composed for each person when it was announced."""
    work.permit(MANAGE_UNITS)
    lot, now, session = random.Random(7), work.now, work.session
    bank = Bank(number="QB-BENCH", name="压力测试", made_at=now)
    session.add(bank)
    session.flush()
    versions = []
    for number in range(BANK):
        made = question(number)
        row = QuestionRow(number=f"Q-BENCH-{number}", bank_id=bank.id, kind=made.kind.value, band="middle", state="active",
                          language="zh", head=made.stem, made_at=now, changed_at=now)
        session.add(row)
        session.flush()
        version = QuestionVersion(question_id=row.id, no=1, content=to_json(made), content_hash=content_hash(made), made_at=now)
        session.add(version)
        session.flush()
        versions.append((row.id, version.id))
    paper = PaperRow(number="PAP-BENCH", title="压力测试", way="each", state="ready", banks=[bank.id], blueprint={"cells": []}, seed="b",
                     pass_percent=60, total=Decimal(ASKED), made_at=now, changed_at=now)
    session.add(paper)
    session.flush()
    closes = now + timedelta(hours=4)
    exam = Exam(number="EX-BENCH", title="压力测试", paper_id=paper.id, state="published", opens_at=now - timedelta(minutes=1),
                closes_at=closes, duration_min=60, grace_s=60, attempts=1, pass_percent=60, release_at=closes + timedelta(hours=1),
                review_opens_at=closes + timedelta(hours=1), review_closes_at=closes + timedelta(days=9), appeal_days=3,
                border=Decimal(0), second_percent=0, limit=Decimal(5), settling="mean", shows="score", seed="b", made_at=now,
                published_at=now)
    session.add(exam)
    session.flush()
    for person in people:
        session.add(ExamCandidate(exam_id=exam.id, person_id=person))
    session.execute(insert(PersonPaper), [
        {"exam_id": exam.id, "person_id": person, "attempt": 1, "load": 0, "aim": 0, "drawn_at": now,
         "questions": [[*one, "1"] for one in lot.sample(versions, ASKED)]} for person in people])
    return exam.id


async def sit(running: Running, secret: str, exam: int, seen: Seen, lot: random.Random, until: float, pause_s: float) -> None:
    """One person, from the begin to handing in."""
    line = Line(running.address, secret)
    await line.connect()

    async def ask(kind: str, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        for _ in range(50):
            began = time.perf_counter()
            status, answer = await line.ask(method, path, body)
            seen.mark(kind, (time.perf_counter() - began) * 1000)
            seen.statuses[status] += 1
            if status not in (429, 503):
                return status, answer
            await asyncio.sleep(0.5)
        raise SystemExit(f"{path} was never answered")
    place = "/api/v1/training/sittings"
    status, answer = await ask("begin", "POST", place, {"exam_id": exam})
    if status != 201:
        raise SystemExit(f"begin answered {status}: {answer[:300]!r}")
    begun = json.loads(answer)
    questions, sitting = begun["questions"], begun["id"]
    await ask("page", "GET", f"/training/sittings/{sitting}")
    number, heard = 0, time.monotonic()
    while time.monotonic() < until:
        await asyncio.sleep(lot.expovariate(1 / pause_s))
        number += 1
        one = lot.choice(questions)
        value: object = f"三到七个工作日到账 {number}"
        if one["kind"] != "short_answer":
            value = lot.choice(one["options"])["id"] if one["kind"] == "single" else lot.random() < 0.5
        status, answer = await ask("answer", "POST", f"{place}/{sitting}/answers", {
            "device": "bench", "answers": [{"place": one["place"], "number": number, "answer": value}]})
        if status == 200 and json.loads(answer)["saved"][0]["became"] in ("store", "again"):
            seen.kept[sitting, one["place"], number] = value
        if time.monotonic() - heard > BEAT_S:
            heard = time.monotonic()
            await ask("clock", "POST", f"{place}/{sitting}/beat", {"device": "bench", "known": 0})
    status, answer = await ask("hand in", "POST", f"{place}/{sitting}/submit", {})
    seen.accepted += status == 200 and json.loads(answer)["accepted"]
    line.close()


async def beside(running: Running, seen: Seen, over: asyncio.Event) -> None:
    """The trivial request, a few times a second."""
    line = Line(running.address, "none")
    await line.connect()
    while not over.is_set():
        began = time.perf_counter()
        await line.ask("GET", "/healthz")
        seen.mark("trivial", (time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.2)
    line.close()


async def drive(running: Running, secrets: list[str], exam: int, within_s: float, seconds: float, pause_s: float) -> Seen:
    """Everybody; they begin at an even pace, and all answer until the end."""
    seen, over, until = Seen(), asyncio.Event(), time.monotonic() + seconds
    trivial = asyncio.create_task(beside(running, seen, over))

    async def one(number: int, secret: str) -> None:
        await asyncio.sleep(within_s * number / len(secrets))
        await sit(running, secret, exam, seen, random.Random(number), until, pause_s)
    await asyncio.gather(*(one(number, secret) for number, secret in enumerate(secrets)))
    over.set()
    await trivial
    return seen


def lost(db: Database, seen: Seen) -> tuple[int, int]:
    """Acknowledged answers the database does not hold as they were sent; sittings that were not handed in once."""
    with db.look(SYSTEM) as work:
        held = {(row.sitting_id, row.place, row.number): row.value["answer"] for row in work.session.execute(
            select(Answer.sitting_id, SittingItem.place, Answer.number, Answer.value).join(
                SittingItem, SittingItem.id == Answer.item_id))}
        states = Counter(work.session.scalars(select(Sitting.state)))
    return sum(held.get(name) != value for name, value in seen.kept.items()), sum(states.values()) - states["submitted"]


def measure(people: int = 500, within_s: float = 60.0, seconds: float = 120.0, pause_s: float = 6.0) -> dict[str, object]:
    """people begin within so many seconds and answer every pause_s on average, until `seconds` are over."""
    data, db, exam, secrets = prepare(people)
    with serving(data) as running:
        seen = asyncio.run(drive(running, secrets, exam, within_s, seconds, pause_s))
        memory = round(running.memory_mb())
    missing, unfinished = lost(db, seen)
    answers, trivial = seen.marks.get("answer", []), seen.marks["trivial"]
    figures: dict[str, object] = {"people": people, "begin within s": round(within_s), "an answer every s, each": pause_s,
                                  "answers acknowledged": len(seen.kept), "answers/s": round(len(answers) / seconds)}
    for kind in ("begin", "page", "answer", "clock", "hand in", "trivial"):
        figures[f"{kind} p50 / p95 / p99 ms"] = " / ".join(str(round(percentile(seen.marks.get(kind, []), share), 1))
                                                           for share in (0.5, 0.95, 0.99))
    for share in (0.5, 0.95):
        figures[f"answer by trivial request, p{share * 100:.0f}"] = f"× {percentile(answers, share) / percentile(trivial, share):.1f}"
    figures |= {"answers": dict(sorted(seen.statuses.items())), "acknowledged answers lost": missing,
                "handed in, each once": f"{seen.accepted} of {people}", "sittings left open": unfinished,
                "memory MB (all processes)": memory}
    return figures


if __name__ == "__main__":
    import sys

    for name, value in measure(*(float(one) if "." in one else int(one) for one in sys.argv[1:])).items():  # type: ignore[arg-type]
        print(f"{name:36} {value}")

"""R-W1: any verb, by anybody, in any order, also twice at once: product and model agree on what happened.

Short form: 30 lives of 25 random verbs on SQLite. The full figure (KMSVC_HARD=1): 5,000, every fifth on PostgreSQL."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from kmsvc.core.actors import Actor
from kmsvc.core.errors import Refusal
from kmsvc.people.accounts.usecases import add_account, change_person
from kmsvc.people.roles import granted
from kmsvc.process.changes import rules, scenes
from kmsvc.process.changes.models import Change, Comment, HistoryEntry, Signature
from kmsvc.process.changes.verbs import VERBS
from kmsvc.process.definitions.models import ProcessVersion
from kmsvc.process.definitions.usecases import due_publications, go_live_when_due
from kmsvc.process.fieldwork.models import FeedbackItem, PlanLine
from tests.builders import make_process, submit
from tests.conftest import Templates
from tests.process.changes.beginnings import Beginnings
from tests.process.changes.model import Model
from tests.support.clock import ZONE
from tests.support.figures import HARD, full

CAST = ("process_manager", "process_author", "business_owner", "team_leader", "trainer", "qa_inspector", "knowledge_editor",
        "agent", "everything", "author_again", "agent_b")  # author_again: a second account of the author
TEAM_OF = {"TEAM-A": ("agent", "team_leader"), "TEAM-B": ("agent_b",)}
EXTRA_ROLES = ("process_manager", "process_author", "business_owner", "qa_inspector", "trainer", "knowledge_editor")


class Lives(RuleBasedStateMachine):
    """One life of one change request. `beginnings` gives a fresh centre; set by the test."""

    beginnings: Beginnings

    def teardown(self) -> None:
        if hasattr(self, "change_id"):
            self.signatures_bind()

    # --- the beginning ----------------------------------------------------------------------------------------------
    @initialize(extra=st.lists(st.tuples(st.sampled_from(CAST[:9]), st.sampled_from(EXTRA_ROLES)), max_size=3),
                known=st.booleans(), on=st.integers(0, 48), early=st.sampled_from((False, False, False, True)))
    def a_request_somewhere_on_its_way(self, extra: list[tuple[str, str]], known: bool, on: int, early: bool) -> None:
        """`early`: the odd roles are given before the way, which is then gone verb by verb; else they come at its end."""
        self.world, held = self.beginnings.next(known, 0 if early else on)
        if held is None:
            self.a_request(known)
            self.beginnings.keep(self.world, known, 0, self.change_id, self.model)
        else:
            self.change_id, self.model = held.change_id, copy.deepcopy(held.model)
        if early:
            self.give_roles(extra)
        for step in range(held.on if held else 0, on):
            forward = self.first_forward()
            if forward is None:
                break
            assert self.attempt(*forward)
            if not early:
                self.beginnings.keep(self.world, known, step + 1, self.change_id, self.model)
        if not early:
            self.give_roles(extra)

    def a_request(self, known: bool) -> None:
        world = self.world
        with world.begin("operator") as work:
            add_account(work, login="author_again", name="again", person_login="process_author")
        world.people["author_again"] = world.people["process_author"]
        process = make_process(world) if known else None
        self.change_id = submit(world, asker="team_leader", process=process, new=not known)
        people = {login: number for login, number in world.people.items() if login != "suspended"}
        roles: dict[int, set[str]] = {number: set(world.actor(login).roles) for login, number in people.items()}
        self.model = Model(
            roles=roles, teams={unit: {people[one] for one in logins} for unit, logins in TEAM_OF.items()},
            asker=people["team_leader"], owner=people["business_owner"] if known else None)

    def give_roles(self, extra: list[tuple[str, str]]) -> None:
        for login, role in extra:
            self.give_role(login, role)

    def first_forward(self) -> tuple[str, str, dict[str, Any]] | None:
        scene = self.scene()
        for who in CAST[:8]:
            can = self.model.allowed(self.world.people[who])
            for name, verb in rules.VERBS.items():
                if name in can and verb.forward(scene):
                    inputs = self.inputs(name, 0)
                    if self.model.takes(name, inputs["told"]):
                        return who, name, inputs
        return None

    # --- what happens -----------------------------------------------------------------------------------------------
    @rule(who=st.sampled_from(CAST), pick=st.integers(0, 50), dice=st.integers(0, 5))
    def a_verb_that_may_be_done(self, who: str, pick: int, dice: int) -> None:
        can = sorted(self.model.allowed(self.world.people[who]) - {"comment", "withdraw", "reject", "no_need"})
        if can:
            self.compare(who, can[pick % len(can)], dice)

    @rule(pick=st.integers(0, 50), dice=st.integers(0, 5))
    def a_verb_that_goes_on(self, pick: int, dice: int) -> None:
        scene = self.scene()
        pairs = [(who, name) for who in CAST for name in sorted(self.model.allowed(self.world.people[who]))
                 if rules.VERBS[name].forward(scene)]
        if pairs:
            self.compare(*pairs[pick % len(pairs)], dice)

    @rule(who=st.sampled_from(CAST), verb=st.sampled_from(sorted(VERBS)), dice=st.integers(0, 5))
    def any_verb_by_anybody(self, who: str, verb: str, dice: int) -> None:
        self.compare(who, verb, dice)

    @rule(who=st.sampled_from(CAST), pick=st.integers(0, 50), dice=st.integers(0, 5))
    def the_same_verb_twice_at_once(self, who: str, pick: int, dice: int) -> None:
        can = sorted(self.model.allowed(self.world.people[who]) - {"withdraw", "reject", "no_need"})
        if not can:
            return
        verb = can[pick % len(can)]
        inputs = self.inputs(verb, dice)
        results: list[bool] = []
        threads = [threading.Thread(target=lambda: results.append(self.attempt_on_product(who, verb, inputs)))
                   for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wanted = [self.attempt_on_model(who, verb, inputs) for _ in range(2)]
        assert sorted(results) == sorted(wanted), (who, verb, results, wanted)

    @rule(login=st.sampled_from(CAST[:9]), role=st.sampled_from(EXTRA_ROLES))
    def a_person_gets_or_loses_a_role(self, login: str, role: str) -> None:
        self.give_role(login, role)

    @precondition(lambda self: self.model.step in (8, 9, 15))
    @rule()
    def the_next_day_begins(self) -> None:
        world = self.world
        world.clock.move(days=1)
        with world.look() as work:
            due = due_publications(work)
        for publication in due:
            with world.begin("system") as work:
                go_live_when_due(work, publication)
        world.drain(index=False)
        self.model.midnight()

    # --- what always holds ------------------------------------------------------------------------------------------
    @invariant()
    def product_and_model_stand_at_the_same_place_and_offer_the_same(self) -> None:
        scene = self.scene()
        ended = None if rules.is_open(scene.state) else str(scene.state)
        assert (ended, None if ended else scene.step) == (self.model.end, None if ended else self.model.step)
        for login in CAST:
            person = self.world.people[login]
            me = rules.Me(person, granted(frozenset(self.model.roles[person])))
            assert {verb.name for verb in rules.offered(scene, me)} == self.model.allowed(person), (login, scene)

    def signatures_bind(self) -> None:
        """R-W2, R-W3: whoever wrote a version has signed none, and every signature names the text it was given for."""
        with self.world.look() as work:
            entries = list(work.session.scalars(select(HistoryEntry).where(HistoryEntry.change_id == self.change_id)))
            assert len([one for one in entries if one.verb not in ("submit", "close")]) == self.model.done
            wrote: dict[int, set[int]] = {}
            for version in work.session.scalars(select(ProcessVersion).where(ProcessVersion.change_id == self.change_id)):
                wrote.setdefault(version.id, set()).add(version.author_id or 0)
            for row in work.session.scalars(select(Signature).where(Signature.change_id == self.change_id)):
                version = work.get(ProcessVersion, row.version_id)
                assert row.content_hash == version.content_hash
                before = {who for number, people in wrote.items() if number <= version.id for who in people}
                assert row.person_id not in before

    # --- hands ------------------------------------------------------------------------------------------------------
    def scene(self) -> rules.Scene:
        with self.world.look() as work:
            return scenes.scene_of(work.session, work.get(Change, self.change_id))

    def give_role(self, login: str, role: str) -> None:
        person = self.world.people[login]
        self.model.roles[person] ^= {role}
        with self.world.begin("operator") as work:
            change_person(work, person, roles=sorted(self.model.roles[person]))

    def compare(self, who: str, verb: str, dice: int) -> None:
        assert self.attempt(who, verb, self.inputs(verb, dice)) is not None

    def attempt(self, who: str, verb: str, inputs: dict[str, Any]) -> bool:
        wanted = self.attempt_on_model(who, verb, inputs)
        done = self.attempt_on_product(who, verb, inputs)
        assert done == wanted, f"{verb} by {who}: product {done}, model {wanted}"
        return done

    def attempt_on_model(self, who: str, verb: str, inputs: dict[str, Any]) -> bool:
        person = self.world.people[who]
        if (verb not in self.model.allowed(person) or inputs["possible"] is False
                or not self.model.takes(verb, inputs["told"])):
            return False
        if inputs.get("once"):  # a row that is answered or routed cannot be a second time
            inputs["possible"] = False
        self.model.do(person, verb, inputs["told"])
        return True

    def attempt_on_product(self, who: str, verb: str, inputs: dict[str, Any]) -> bool:
        try:
            with self.world.db.begin(self.actor(who)) as work:
                VERBS[verb].run(work, self.change_id, **inputs["product"])
        except Refusal:
            return False
        return True

    def actor(self, who: str) -> Actor:
        """The acting party with the roles of this moment, looked up once for all lives: the people are the same in each."""
        key = (who, frozenset(self.model.roles[self.world.people[who]]))
        if key not in self.beginnings.actors:
            self.beginnings.actors[key] = self.world.actor(who)
        return replace(self.beginnings.actors[key])

    def inputs(self, verb: str, dice: int) -> dict[str, Any]:
        """What the verb is told, as the product wants it and as the model wants it; dice 0 is the usual way."""
        people, today = self.world.people, self.world.clock.today
        unit = ("TEAM-A", "TEAM-B")[dice % 2]
        possible = True
        told: dict[str, Any] = {}
        product: dict[str, Any] = {}
        match verb:
            case "accept" | "assign_author":
                author = ("process_author", "process_author", "everything", "process_author", "process_manager",
                          "author_again")[dice]
                told, product = {"author": people[author], "owner": people["business_owner"]}, {"author": author}
                product |= {"owner": "business_owner"} if verb == "accept" else {}
            case "record_research":
                told, product = {"unit": unit}, {"affected_unit": unit, "present_state": "so far"}
            case "add_affected_unit":
                told = product = {"unit": unit}
            case "name_assistant":
                unit = sorted(self.model.units - set(self.model.helpers) or self.model.units or {"TEAM-A"})[0]
                helper = TEAM_OF[unit][-1] if dice < 4 else "agent"
                told, product = {"unit": unit, "person": people[helper]}, {"unit": unit, "person": helper}
            case "submit_draft":
                product = {"name": "退款", "body": f"第{dice}稿"}
            case "save_draft":
                product = {"name": "退款", "body": f"半成品{dice}"}
            case "review_again":
                product = {"note": "large", "body": "大改"}
            case "give_verdict":
                remark = "太长" if dice == 1 else None
                told, product = {"remark": remark}, {"verdict": "needs_change" if remark else "agree", "remark": remark}
            case "comment":
                product = {"text": "看过"}
            case "sign":
                with self.world.look() as work:
                    product = {"content_hash": scenes.shown_hash(work.session, work.get(Change, self.change_id))}
            case "release_mail":
                told, product = {"later": dice == 1}, {"zone": ZONE, "effective_on": _tomorrow(today) if dice == 1 else None}
            case "release_kb":
                product = {"zone": ZONE}
            case "plan_training":
                part = unit if dice in (1, 2) else None
                told, product = {"unit": part}, {"course": "课", "held_on": today, "trainer": "trainer", "unit": part, "by_hand": True}
            case "record_sit_in":
                line = self.one(PlanLine, PlanLine.change_id == self.change_id, newest=True)  # of this round of training
                product = {"plan_line": line, "held_on": today, "verdict": "taught_right"}
            case "record_sample":
                product = {"contact": "c", "contacted_on": today, "result": "followed"}
            case "record_feedback":
                route = "process" if dice != 1 else None
                told, product = {"route": route}, {"text": "长", "route": route}
            case "route_feedback" | "answer_feedback":
                empty = FeedbackItem.route if verb == "route_feedback" else FeedbackItem.answered_at
                item = self.one(FeedbackItem, FeedbackItem.change_id == self.change_id, empty.is_(None))
                product = {"item": item} | ({"route": "training"} if verb == "route_feedback" else {"answer": "好"})
                possible = item != 0
            case "answer_comment":
                row = self.one(Comment, Comment.change_id == self.change_id, Comment.wants_answer,
                               Comment.answered_at.is_(None))
                product, possible = {"comment": row, "answer": "好"}, row != 0
            case "ask_back":
                product = {"question": "?"}
            case _ if "reason" in {one.name for one in VERBS[verb].inputs}:
                product = {"reason": "so"}
        return {"told": told, "product": product, "possible": possible,
                "once": verb in ("answer_comment", "answer_feedback", "route_feedback")}

    def one(self, kind: Any, *where: Any, newest: bool = False) -> int:
        with self.world.look() as work:
            order = kind.id.desc() if newest else kind.id
            return work.session.scalars(select(kind.id).where(*where).order_by(order)).first() or 0


def _tomorrow(day: Any) -> Any:
    from datetime import timedelta

    return day + timedelta(days=1)


@pytest.mark.timeout(36_000 if HARD else 300)
def test_r_w1_product_and_model_live_the_same_lives(templates: Templates,
                                                    record_property: Callable[[str, object], None]) -> None:
    """R-W1: only the listed transitions exist, from any state, by any role, in any order, in parallel."""
    beginnings = Beginnings(templates)
    machine = type("Lives", (Lives,), {"beginnings": beginnings})
    try:
        run_state_machine_as_test(machine, settings=hypothesis_settings(
            max_examples=full(5_000, short=30), stateful_step_count=25, deadline=None,
            suppress_health_check=list(HealthCheck), derandomize=not HARD, database=None, report_multiple_bugs=False,
            print_blob=True, phases=(Phase.generate, Phase.shrink) if HARD else (Phase.generate,)))
    finally:
        beginnings.close()
    record_property("lives", beginnings.lives)

"""Nothing hangs in the air: permissions are labelled, granted and asked; facts are wired; tables are audited or say why not."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from pathlib import Path

import kmsvc
from kmsvc.core.db import Base
from kmsvc.core.events import Event
from kmsvc.core.faults import POINTS
from kmsvc.core.permissions import REGISTER
from kmsvc.models import MODULES, load_models
from kmsvc.people.roles import EVERYONE, GRANTS, GUEST_GRANTS, OPERATOR_GRANTS, SYSTEM_GRANTS, Role
from kmsvc.process.changes.permissions import BY_VERB
from kmsvc.process.changes.rules import VERBS
from kmsvc.reactions import BY_NAME, FACTS, NO_REACTION_YET, REACTIONS

CODE = Path(kmsvc.__file__).parent


def load_everything() -> None:
    """Import every module of the product."""
    for found in pkgutil.walk_packages([str(CODE)], "kmsvc."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)


load_everything()
GRANTED = EVERYONE | GUEST_GRANTS | SYSTEM_GRANTS | OPERATOR_GRANTS | frozenset().union(*GRANTS.values())
SOURCES = {path: path.read_text("utf-8") for path in [*CODE.rglob("*.py"), *CODE.rglob("*.html")]}


def test_every_permission_is_granted_to_somebody_and_every_grant_exists() -> None:
    assert sorted(set(REGISTER) - GRANTED) == []
    assert sorted(GRANTED - set(REGISTER)) == []


def test_every_permission_says_what_it_allows() -> None:
    assert [name for name, one in REGISTER.items() if not one.label.strip() or one.label[0] != one.label[0].upper()] == []
    assert [name for name in REGISTER if not re.fullmatch(r"[a-z]+(\.[a-z_]+){1,2}", name)] == []


def test_every_permission_is_asked_somewhere() -> None:
    """By its constant outside its own declaration, or by its name in a menu, a rule or a template."""
    constants = {}
    for path, text in SOURCES.items():
        for constant, name in re.findall(r"^([A-Z_]+) = Permission\(\s*\"([^\"]+)\"", text, re.MULTILINE):
            constants[name] = (constant, path)
    words = {path: Counter(re.findall(r"\w+", text)) for path, text in SOURCES.items()}
    quoted = {path: set(re.findall(r"(?<=\")[a-z_.]+(?=\")", text)) for path, text in SOURCES.items()}
    silent = []
    for name in REGISTER:
        constant, home = constants[name]
        used = [path for path in SOURCES if words[path][constant] > (1 if path == home else 0)
                or (path != home and path.name != "roles.py" and name in quoted[path])]
        if not used:
            silent.append(name)
    assert silent == []


def test_every_role_is_described() -> None:
    assert set(GRANTS) == set(Role)
    assert all(role.label for role in Role)


def test_every_verb_asks_a_permission_and_every_permission_of_a_verb_has_one() -> None:
    assert set(BY_VERB) == set(VERBS)


def facts() -> set[type[Event]]:
    """Every class of facts of the product."""
    found: set[type[Event]] = set()
    waiting = list(Event.__subclasses__())
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        if one.__module__.startswith("kmsvc."):
            found.add(one)
    return found


def test_every_fact_has_its_consequences_or_a_reason_for_none() -> None:
    assert facts() == set(REACTIONS) | set(NO_REACTION_YET)
    assert not set(REACTIONS) & set(NO_REACTION_YET)
    assert all(reason.strip() for reason in NO_REACTION_YET.values())
    kinds = [fact.kind for fact in facts()]
    assert len(kinds) == len(set(kinds))


def test_every_fact_says_when_it_happens_and_survives_a_journey_through_json() -> None:
    import dataclasses
    import json

    for fact in facts():
        assert fact.__doc__, fact
        one = fact(**{field.name: 1 for field in dataclasses.fields(fact)})
        assert fact.from_payload({**json.loads(json.dumps(one.payload())), "added later": True}) == one


def test_every_table_is_in_the_trail_or_says_that_it_is_not() -> None:
    """R-W5: a table without `audited = False` of its own is watched by the data layer."""
    load_models()
    mappers = list(Base.registry.mappers)
    assert {mapper.local_table.name for mapper in mappers} == set(Base.metadata.tables)
    unwatched = {mapper.local_table.name for mapper in mappers if not mapper.class_.audited}
    assert unwatched == {
        # the floor's own: the trail itself, the outbox, counters, leases, kept answers
        "core_audit", "core_audit_head", "core_audit_word", "core_fact", "core_delivery", "core_counter", "core_lease",
        "core_idempotency",
        # how far a pack is while it is being made; order and note of it are audited
        "standards_pack_progress",
        # sessions, guesses and last use come and go by themselves
        "people_session", "people_guess", "people_token_use",
        # which code was used last, and which recovery codes are left: signing in is no governed change
        "people_factor_step", "people_recovery_code",
        # what guests of auditor's rooms looked at: a log the database itself keeps from change
        "standards_room_look",
        # what the worker writes: inboxes, mail, marks for the index, failures it tries again
        "notices_notice", "notices_mail", "search_dirty", "operations_failure", "hooks_stand", "hooks_delivery",
        # what was searched and opened: a log of its own
        "search_event",
        # what a person's search is narrowed by is nobody else's business; what the worker counts for the line of facts
        "search_kept_filter", "knowledge_health_use",
        # what the worker counts of searches, by day and unit
        "knowledge_figure_day", "knowledge_figure_progress",
        # what a person keeps at hand is nobody else's business; what the worker learns has a log of its own
        "knowledge_favourite", "knowledge_learned", "knowledge_learned_change",
        # how guided flows were walked: a log of its own
        "knowledge_flow_walk", "knowledge_flow_step",
        # what was used for which contact: a log whose numbers are forgotten, so no trail may hold them
        "knowledge_contact", "knowledge_contact_link",
        # what was answered anonymously: an entry would say by whom; that somebody answered has one
        "training_needs_answer", "training_evaluation_rating",
        # who was shown secret text: a log the database itself keeps from change
        "access_entry",
        # what runs of the search bench found: figures, made again by asking again
        "knowledge_bench_run", "knowledge_bench_rank", "knowledge_bench_standing",
        # searches in vain by day and person, what their replay found, how far the worker is; acts are on the gap itself
        "knowledge_gap_query", "knowledge_gap_day", "knowledge_gap_asker", "knowledge_gap_standing", "knowledge_gap_progress",
        # what the worker reads out of texts and sees on articles; what people decide about it is audited
        "knowledge_health_text", "knowledge_health_sign", "knowledge_health_pair", "knowledge_health_look",
        # the paper of a sitting never changes, answers are rows of their own that the database keeps, nobody reads either in the trail
        # papers of persons follow from the seed of the exam; practice is nobody else's business
        "training_exam_paper", "training_question_use", "training_practice_run", "training_practice_answer", "training_practice_card",
        "training_sitting_item", "training_answer", "training_sitting_device", "training_focus_loss",
        "training_mark",
        # who has an answer in hand for a quarter of an hour
        "training_mark_hold",
        # the text of a standard: its digest stands in the trail with the model, licensed wordings have lines of their own
        "standards_section", "standards_clause",
        # what exams measured of questions: figures, made again from the marks
        "training_question_measure",
        # how far one is in a lesson, said every half minute, and what packages keep: the history of learning is audited
        "training_course_progress", "training_course_statement", "training_course_document", "training_course_launch",
    }
    for mapper in mappers:
        assert "audited" in vars(mapper.class_) or mapper.class_.audited, mapper


def test_every_module_with_a_table_is_on_the_list_of_models() -> None:
    assert {mapper.class_.__module__ for mapper in Base.registry.mappers} <= set(MODULES)


def test_every_named_fault_point_exists_and_every_point_is_named() -> None:
    used = {name for text in SOURCES.values() for name in re.findall(r"\bfault\(\"([^\"]+)\"\)", text)}
    assert used == set(POINTS)


def test_every_fact_and_every_reaction_has_a_word_for_people() -> None:
    from kmsvc.reactions.wording import FACT_WORDS, REACTION_WORDS

    assert set(FACT_WORDS) == set(FACTS)
    assert set(REACTION_WORDS) == set(BY_NAME)


def test_no_page_gives_its_own_meaning_to_a_name_that_the_layout_calls() -> None:
    """The first page with such a name would fail, all later ones would find the layout's part drawn already."""
    called = re.findall(r'"(\w+)": partial\(', (CODE / "app.py").read_text("utf-8"))
    assert len(called) > 3
    name = "|".join(called)
    taken = re.compile(rf"\bas ({name})\b|{{%-? set ({name})\b|\brender_template\([^\n]*(?:\n\s[^\n]*)*?[( ]({name})=")
    assert [str(path.relative_to(CODE)) for path, text in SOURCES.items() if taken.search(text)] == []

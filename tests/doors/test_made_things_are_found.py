"""What a program makes is found where the answer says: every route that answers 201 names the address in `Location`."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from flask import Flask

from kmsvc.core.openapi import document
from kmsvc.operations.setup import install_standards
from kmsvc.training.papers import usecases as papers
from tests.builders import make_article, make_process
from tests.doors.bench_questions import WORDS
from tests.doors.bench_rows import PICTURE
from tests.support.centre import Centre
from tests.training.banks import small_bank
from tests.training.courses.makers import published
from tests.training.questions.test_usecases import bank as make_bank
from tests.training.sittings.exams import make_exam


def made_paper(world: Centre) -> int:
    """A paper with questions."""
    small_bank(world)
    with world.begin("trainer") as work:
        row = papers.make_paper(work, papers.Draft("t", "picked"))
        papers.pick(work, row.id, [(1, None)])
        return papers.ready(work, row.id).id


def bodies(world: Centre) -> dict[str, tuple[str, dict[str, Any]]]:
    """Route -> who makes something there, and of what."""
    install_standards(world.db)
    return {
        "/api/v1/process/changes": ("team_leader", {"title": "t", "reason": "r", "process_id": make_process(world).id}),
        "/api/v1/process/definitions": ("process_manager", {"name": "外呼", "group": "external", "class": "business"}),
        "/api/v1/standards/assessments": ("compliance", {
            "title": "t", "model": "cc-cmm-oc-2017", "lead": world.people["compliance"], "due_on": "2026-12-01"}),
        "/api/v1/standards/audits/programmes": ("compliance", {"year": 2026, "title": "t"}),
        "/api/v1/standards/rooms": ("compliance", {"title": "t", "year": 2026, "from_on": "2026-03-02", "until_on": "2026-03-20"}),
        "/api/v1/process/audits": ("process_manager", {"year": 2026, "due_on": "2026-12-01"}),
        "/api/v1/process/audits/themes": ("process_manager", {"year": 2026, "quarter": 1, "theme": "t", "why": "w", "expected": "e",
                                                              "owner": world.people["manager"]}),
        "/api/v1/knowledge/articles": ("knowledge_editor", {"title": "t", "body": "b", "publish": True}),
        "/api/v1/knowledge/feedback": ("agent", {"version_id": make_article(world).published_version_id, "kind": "wrong"}),
        "/api/v1/knowledge/bulletins": ("knowledge_editor", {"title": "t", "ends_at": "2026-03-20T18:00"}),
        "/api/v1/knowledge/flows": ("knowledge_editor", {"title": "t", "body": "? a: q\n- x -> b\n! b: end"}),
        "/api/v1/knowledge/reviews": ("knowledge_editor", {"year": 2026, "reviewers": ["manager"]}),
        "/api/v1/knowledge/contacts": ("agent", {"kind": "article", "id": make_article(world).id, "contact": "C-1"}),
        "/api/v1/knowledge/alignment": ("qa_inspector", {"person": world.people["agent"], "begins_on": "2026-03-01",
                                                         "ends_on": "2026-03-02"}),
        "/api/v1/knowledge/licences": ("knowledge_editor", {"person": "agent", "level": "candidate", "reason": "r"}),
        "/api/v1/knowledge/proposals": ("knowledge_editor", {"title": "t", "body": "b", "note": "n"}),
        "/api/v1/knowledge/templates": ("knowledge_editor", {"name": "n", "body": "## b"}),
        "/api/v1/knowledge/scopes": ("knowledge_editor", {"dimension": "region", "name": "North"}),
        "/api/v1/knowledge/vocabulary": ("knowledge_editor", {"term": "refund", "sayings": ["money back"]}),
        "/api/v1/knowledge/bench": ("knowledge_editor", {"query": "t", "article": make_article(world).number}),
        "/api/v1/knowledge/citations/works": ("knowledge_editor", {"name": "n", "keeper": "trainer"}),
        "/api/v1/knowledge/lessons": ("trainer", {"title": "t", "cites": make_article(world).number}),
        "/api/v1/hooks": ("admin", {"name": "n", "address": "https://a.example/", "login": "agent",
                                    "kinds": ["knowledge.flow.retired"]}),
        "/api/v1/training/courses": ("trainer", {"title": "t"}),
        "/api/v1/training/certificates/kinds": ("trainer", {"name": "n", "purpose": "skills"}),
        "/api/v1/training/onboarding/classes": ("trainer", {"name": "n", "teacher": "class_teacher", "starts_on": "2026-04-01"}),
        "/api/v1/training/learning/attempts": ("agent", {"course": published(world)[0].id}),
        "/api/v1/training/papers": ("trainer", {"title": "t", "way": "picked"}),
        "/api/v1/training/exams": ("trainer", {"title": "t", "paper": made_paper(world), "opens_at": "2026-04-13T09:00"}),
        "/api/v1/training/practice": ("agent", {"mode": "daily"}),
        "/api/v1/training/questions": ("trainer", {"bank": make_bank(world), "question": WORDS}),
        "/api/v1/training/questions/banks": ("trainer", {"name": "n"}),
        "/api/v1/training/questions/topics": ("trainer", {"name": "n"}),
        "/api/v1/training/sittings": ("agent", {"exam_id": make_exam(world)}),
        "/api/v1/training/needs": ("trainer", {"year": 2030, "due_on": "2030-12-15"}),
        "/api/v1/training/needs/lines": ("trainer", {"year": 2027, "subject": "s", "heads": 1, "hours": "1", "cost": "1", "quarter": 1}),
        "/api/v1/training/needs/entries": ("trainer", {"year": 2026, "source": "qa", "subject": "s", "count": 1}),
        "/api/v1/training/needs/suggestions": ("agent", {"subject": "s"}),
        "/api/v1/training/plans": ("trainer", {"title": "t", "year": 2026, "hours": 1, "target": "t", "evaluation": "e"}),
        "/api/v1/training/plans/busy": ("trainer", {"kind": "leave", "person": "agent", "on": "2026-05-04"}),
        "/api/v1/training/plans/rules": ("trainer", {"name": "n", "event": "joined"}),
        "/api/v1/training/trainers": ("manager", {"login": "marker", "qualification": "q"}),
        "/api/v1/training/evaluations": ("trainer", {"kind": "other", "title": "t"}),
        "/api/v1/training/evaluations/adjustments": ("trainer", {"title": "t", "part": "content", "what": "w", "why": "y",
                                                                  "due_on": "2199-01-01", "owner": "agent"}),
        "/api/v1/people/accounts": ("admin", {"login": "newcomer", "name": "New Comer"}),
        "/api/v1/people/units": ("admin", {"code": "U1", "name": "Unit", "parent": "CENTRE"}),
        "/api/v1/people/readers": ("knowledge_editor", {"code": "G1", "name": "Group", "roles": ["trainer"]}),
        "/api/v1/people/posts": ("admin", {"code": "P1", "name": "Post"}),
        "/api/v1/people/me/tokens": ("agent", {"name": "script", "days": 7}),
        "/api/v1/standards/packs": ("compliance", {"model": "cc-cmm-oc-2017", "year": 2026, "clauses": ["42"]}),
        "/api/v1/standards/evidence/files": ("compliance", {"title": "t", "clauses": "42", "evidence_on": "2026-03-01",
                                                            "url": "https://x.test"}),
        "/api/v1/files": ("knowledge_editor", {"subject": f"article:{make_article(world).id}"}),
    }


def test_whatever_answers_201_says_where_it_is_read(app: Flask, world: Centre, client: Callable) -> None:
    made = bodies(world)
    paths = document(app, "1")["paths"]
    makers = {path for path, verbs in paths.items() if "201" in verbs.get("post", {}).get("responses", {})}
    assert makers == set(made)
    for path, (who, body) in made.items():
        assert "Location" in paths[path]["post"]["responses"]["201"]["headers"], path
        caller = client(who)
        if path == "/api/v1/files":
            answer = caller.post(f"{path}?subject={body['subject']}", data={"file": (io.BytesIO(PICTURE), "p.png")})
        else:
            answer = caller.post(path, json=body, headers={"Idempotency-Key": path})
            again = caller.post(path, json=body, headers={"Idempotency-Key": path})
            assert again.headers["Location"] == answer.headers["Location"], path
        assert answer.status_code == 201, (path, answer.get_data(as_text=True))
        where = answer.headers["Location"]
        assert where == f"{path}/{answer.get_json()['id']}"
        found = caller.get(where)
        assert found.status_code == 200, where
        if found.is_json:
            assert found.get_json()["id"] == answer.get_json()["id"], where

"""Nouns that keep their part of the bench in a file of their own, `bench_<area>.py`; each is named in `AREAS`.

Such a file has what it needs of: `add_rows(rows)`, which makes rows and tells their numbers to `rows.values` (and to
`rows.instead[argument, verb]` where one verb needs another row); `BODIES`, `QUERIES`, `UPLOADS` by the name of the route;
`body(rows, route, verb)`, which answers a body or None, where a number of the moment belongs into it."""

from __future__ import annotations

from types import ModuleType

from tests.doors import (
    bench_alignment,
    bench_assessments,
    bench_audits,
    bench_busy,
    bench_certificates,
    bench_citations,
    bench_contacts,
    bench_courses,
    bench_duties,
    bench_evaluations,
    bench_exams,
    bench_hooks,
    bench_licences,
    bench_marking,
    bench_models,
    bench_needs,
    bench_newcomer_results,
    bench_onboarding,
    bench_packs,
    bench_plan_rules,
    bench_plans,
    bench_process_audits,
    bench_proofs,
    bench_questions,
    bench_reshapes,
    bench_rooms,
    bench_scopes,
    bench_sittings,
    bench_templates,
    bench_trainers,
)

AREAS: tuple[ModuleType, ...] = (
    bench_questions, bench_certificates, bench_onboarding, bench_newcomer_results,
    bench_licences, bench_templates, bench_contacts, bench_alignment, bench_citations, bench_courses, bench_hooks, bench_scopes,
    bench_reshapes, bench_sittings, bench_marking, bench_needs, bench_evaluations, bench_exams, bench_trainers, bench_plans,
    bench_plan_rules,
    bench_busy, bench_assessments, bench_audits, bench_process_audits, bench_duties, bench_rooms, bench_packs,
    bench_proofs, bench_models,
)

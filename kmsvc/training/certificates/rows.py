"""A row of a list of passings: person, certificate, day, proof, score. One import is one act on many, taken back as a whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work, centre_day
from kmsvc.knowledge.tables.taking import FILE, TODAY, RowSort, Taken
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.naming import Among, one_called
from kmsvc.training.certificates.batches import begin_batch
from kmsvc.training.certificates.models import Certificate, CertificateBatch, CertificateKind, Passing
from kmsvc.training.certificates.permissions import AWARD_CERTIFICATE
from kmsvc.training.certificates.queries import reach
from kmsvc.training.certificates.reading import given_on
from kmsvc.training.certificates.rules import BatchAct
from kmsvc.training.certificates.usecases import award, counts_now

HEAD = (N_("Person"), N_("Certificate"), N_("Passed on"), N_("Proof"), N_("Score"))
BATCH = "\0batch"
_DAY = re.compile(r"(\d{4})[^\d\s](\d{1,2})[^\d\s](\d{1,2})(?!\d)", re.ASCII)


def take(work: Work, values: Mapping[str, str], dry_run: bool, before: dict[str, str]) -> Taken:
    """Note one passing; one of the same day with the same proof that counts is left alone, one that was taken back is noted anew."""
    who = one_called(work.session, values.get("person", ""), Among.ACCOUNTS, field="person")
    person, name = who.id, who.name
    if person == work.actor.person_id:
        raise InvalidInput({"person": [N_("Nobody notes the own passing.")]})
    kind = _kind(work, values.get("certificate", ""))
    passed_on, score, proof = _day(values.get("passed_on", "")), _score(values.get("score", "")), values.get("proof", "").strip()
    today = date.fromisoformat(before[TODAY]) if TODAY in before else centre_day(work.session, work.now)
    told = f"{name} {kind.number}"
    if len(proof) > 500:
        raise InvalidInput({"proof": [N_("At most 500 characters.")]})
    same = work.session.scalars(select(Passing.id).join(Certificate, Certificate.id == Passing.certificate_id).where(
        Certificate.kind_id == kind.id, Certificate.person_id == person, Passing.passed_on == passed_on, Passing.source == "manual",
        Passing.proof == proof)).all()
    key = f"{person}:{kind.id}:{passed_on}:{proof}"
    if any(counts_now(work.session, one) for one in same) or key in before:
        return Taken("unchanged", told)
    batch = work.session.get(CertificateBatch, int(before[BATCH])) if BATCH in before else begin_batch(
        work, BatchAct.AWARD.value, before.get(FILE, "") or "import")
    assert batch is not None
    award(work, kind.id, person, passed_on, today=today, proof=proof, score=score, batch_id=batch.id)
    batch.people += 1
    work.session.flush()
    before[key] = "p"
    if not dry_run:
        before[BATCH] = str(batch.id)
    return Taken("created", told)


def _kind(work: Work, words: str) -> CertificateKind:
    typed = " ".join(words.split())
    rows = list(work.session.scalars(select(CertificateKind).where((CertificateKind.number == typed.upper()) | (
        CertificateKind.name == typed)).order_by(CertificateKind.retired_at.is_not(None), CertificateKind.id)))
    if not typed or not rows:
        raise InvalidInput({"certificate": [Filled(N_("There is no certificate “%(word)s”."), word=typed[:40])]})
    return rows[0]


def _day(words: str) -> date:
    found = _DAY.match(words.strip())
    try:
        return date(*(int(one) for one in found.groups())) if found else date.fromisoformat(words.strip())
    except ValueError:
        raise InvalidInput({"passed_on": [Filled(N_("“%(word)s” is no day; write it as 2026-11-23."), word=words[:40])]}) from None


def _score(words: str) -> Decimal | None:
    text = words.strip()
    text = text[:-1] if text and text[-1].isalpha() else text
    if not text:
        return None
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal(-1)
    if not (found.is_finite() and 0 <= found <= 1000 and found == found.quantize(Decimal("0.01"))):
        raise InvalidInput({"score": [Filled(N_("“%(word)s” is no score from 0 to 1000."), word=words[:40])]})
    return found


def lines(work: Work, say: Callable[[Any], str], local: Callable[[datetime], datetime]) -> list[tuple[Any, ...]]:
    """All passings that were noted by hand and count, of people this caller sees, as rows of the export."""
    seen, people = reach(work.session, work.actor), directory(work.session).people
    kinds = dict(work.session.execute(select(CertificateKind.id, CertificateKind.number)).all())
    held = {one.id: one for one in work.session.scalars(select(Certificate).order_by(Certificate.id))}
    found = []
    for certificate_id, its in given_on(work.session, Passing.source == "manual").items():
        row = held[certificate_id]
        person = people[row.person_id]
        if seen is None or person.unit_id in seen:
            found += [(person.login or person.name, kinds[row.kind_id], one.row.passed_on, one.row.proof, one.row.score)
                      for one in its if one.counts]
    return found


PASSINGS = RowSort("passings", AWARD_CERTIFICATE, take, HEAD, lines, columns=(
    ("person", HEAD[0], N_("Account, or a name only one person has; needed.")),
    ("certificate", HEAD[1], N_("Number or name of the kind, needed.")),
    ("passed_on", HEAD[2], N_("As 2026-11-23, needed.")),
    ("proof", HEAD[3], N_("What shows it: a paper, a list, a signature; needed.")),
    ("score", HEAD[4], N_("If there is one."))),
    place="/training/certificates/batches", title=N_("Passings"))

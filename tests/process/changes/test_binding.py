"""R-W3: a signature binds to the text that was shown; an edit beside it never passes unseen."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from kmsvc.core.errors import Refusal, Stale
from kmsvc.process.changes.models import Change, Signature
from kmsvc.process.definitions.models import ProcessVersion
from tests.builders import change, do, make_change, scene, step_of
from tests.support.centre import Centre
from tests.support.figures import full


def shown(world: Centre, change_id: int) -> str:
    with world.look() as work:
        return work.get(ProcessVersion, work.get(Change, change_id).candidate_id).content_hash


def test_r_w3_a_hash_of_another_text_is_stale_and_leaves_nothing(world: Centre) -> None:
    change_id = make_change(world, step=7)
    with pytest.raises(Stale):
        do(world, "process_manager", "sign", change_id, content_hash="0" * 64)
    assert scene(world, change_id).signed == {}


def test_r_w3_a_hash_seen_before_the_correction_is_stale(world: Centre) -> None:
    change_id = make_change(world, step=7)
    old = shown(world, change_id)
    do(world, "business_owner", "return_final", change_id, reason="typo")
    do(world, "process_author", "submit_correction", change_id, body="corrected text")
    with pytest.raises(Stale):
        do(world, "process_manager", "sign", change_id, content_hash=old)


def test_r_w3_the_approved_final_is_the_signed_text_to_the_letter(world: Centre) -> None:
    change_id = make_change(world, step=7)
    signed = shown(world, change_id)
    do(world, "process_manager", "sign", change_id, content_hash=signed)
    do(world, "business_owner", "sign", change_id, content_hash=signed)
    with world.look() as work:
        final = work.get(ProcessVersion, change(world, change_id).candidate_id)
        rows = list(work.session.scalars(select(Signature)))
    assert final.content_hash == signed
    assert (final.minor, final.author_id) == (0, world.people["process_author"])
    assert {row.content_hash for row in rows} == {signed}


@pytest.mark.timeout(1200)
def test_r_w3_approving_and_editing_at_once_never_approves_the_unseen(world: Centre) -> None:
    """R-W3: raced many times, the stored signature is for the text that was shown, or there is none."""
    change_id = make_change(world, step=7)
    for number in range(full(200, short=6)):
        seen = shown(world, change_id)
        lost: list[str] = []

        def sign(seen: str = seen, lost: list[str] = lost) -> None:
            try:
                do(world, "process_manager", "sign", change_id, content_hash=seen)
            except Refusal as error:
                lost.append(type(error).__name__)

        def edit(number: int = number) -> None:
            do(world, "business_owner", "return_final", change_id, reason="typo")
            do(world, "process_author", "submit_correction", change_id, body=f"text number {number}")

        threads = [threading.Thread(target=one) for one in (sign, edit)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert step_of(world, change_id) == 7
        now = scene(world, change_id)
        with world.look() as work:
            for row in work.session.scalars(select(Signature).where(Signature.change_id == change_id)):
                assert row.content_hash == work.get(ProcessVersion, row.version_id).content_hash
        # either the signature came first and the edit voided it, or it was refused: it never holds for the new text
        assert now.signed == {}, lost

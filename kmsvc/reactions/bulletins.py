"""What follows from bulletins: everybody concerned is told, who has not read one is told again, its sender hears how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.core.work import Work
from kmsvc.knowledge.bulletins.board import Standing
from kmsvc.knowledge.bulletins.events import BulletinBegan, BulletinEnded, BulletinReminded
from kmsvc.knowledge.bulletins.models import Bulletin
from kmsvc.knowledge.bulletins.readers import asked_people, readings
from kmsvc.knowledge.bulletins.usecases import standing
from kmsvc.notices.usecases import tell

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


def _tell(work: Work, one: Standing, people: list[int], kind: str, dedup: str, **more: Any) -> None:
    tell(work, people, f"knowledge.bulletin.{kind}", url=f"/knowledge/bulletins/{one.id}", dedup=f"bulletin:{one.id}:{dedup}",
         params={"number": one.number, "title": one.title, **more}, about=("bulletin", one.id), mail=kind != "ended")


def tell_audience(work: Work, fact: BulletinBegan, around: Surroundings) -> None:
    """Everybody concerned gets a notice and mail; who has read it meanwhile needs none."""
    row = work.get(Bulletin, fact.bulletin_id)
    one = standing(work.session, row)
    if row.ended_at is None and row.expired_at is None and row.round == fact.round:
        done = readings(work.session, one)
        _tell(work, one, [person.id for person in asked_people(work.session, one) if person.id not in done], "began",
              str(fact.round))


def tell_unread(work: Work, fact: BulletinReminded, around: Surroundings) -> None:
    """Who was reminded is told; who has read it meanwhile is not."""
    one = standing(work.session, work.get(Bulletin, fact.bulletin_id))
    done = readings(work.session, one)
    _tell(work, one, [person for person in fact.person_ids if person not in done], "reminded", f"again:{fact.reminder_id}")


def tell_sender_of_end(work: Work, fact: BulletinEnded, around: Surroundings) -> None:
    """Whoever sent it hears how far it was read."""
    row = work.get(Bulletin, fact.bulletin_id)
    if row.sender_id is not None and row.sender_id != row.ended_by_id and row.told_round:
        _tell(work, standing(work.session, row), [row.sender_id], "ended", "end", asked=fact.asked, read=fact.read)


REACTIONS: dict[Any, tuple[Any, ...]] = {
    BulletinBegan: (tell_audience,),
    BulletinReminded: (tell_unread,),
    BulletinEnded: (tell_sender_of_end,),
}

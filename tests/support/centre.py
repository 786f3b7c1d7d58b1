"""The small centre that tests start from, built through the real use cases: two teams, one person a role, one with all.

Logins are role names (`agent`, `process_author` …); beside them `agent_b` in the other team, `everything` with every role,
`suspended` who may no longer come in. All passwords are PASSWORD."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.memory import remembered
from kmsvc.core.work import Database, Work
from kmsvc.people.accounts.models import Account
from kmsvc.people.accounts.passwords import hash_password
from kmsvc.people.accounts.queries import actor_of, person_by_login
from kmsvc.people.accounts.usecases import add_account, suspend_person
from kmsvc.people.family import PEOPLE
from kmsvc.people.roles import Role
from kmsvc.people.system import OPERATOR, SYSTEM
from kmsvc.people.units.models import Unit
from kmsvc.people.units.usecases import add_unit
from kmsvc.reactions import Surroundings
from kmsvc.search.engine import SearchEngine
from kmsvc.settings import Settings
from kmsvc.worker import drain
from tests.support.clock import ZONE, MovableClock

PASSWORD = "grey-otter-37-lantern"
UNITS = (("CENTRE", "全中心", None), ("TEAM-A", "一组", "CENTRE"), ("TEAM-B", "二组", "CENTRE"))
IN_TEAM_A = {"agent", "team_leader", "suspended"}
IN_TEAM_B = {"agent_b"}


@cache
def password_hash() -> str:
    """The kept form of PASSWORD, hashed once."""
    return hash_password(PASSWORD)


def furnish(db: Database) -> None:
    """Put the small centre into an empty database."""
    cast: dict[str, list[str]] = {role.value: [role.value] for role in Role}
    cast |= {"agent_b": ["agent"], "everything": [role.value for role in Role], "suspended": ["agent"]}
    with db.begin(OPERATOR) as work:
        for code, name, parent in UNITS:
            add_unit(work, code=code, name=name, parent_code=parent)
        for login, roles in cast.items():
            unit = "TEAM-A" if login in IN_TEAM_A else "TEAM-B" if login in IN_TEAM_B else "CENTRE"
            add_account(work, login=login, name=login.replace("_", " ").title(), roles=roles, unit_code=unit,
                        email=f"{login}@centre.test", language="en", password_hash=password_hash())
    with db.begin(OPERATOR) as work:
        person = person_by_login(work.session, "suspended")
        assert person is not None
        suspend_person(work, person.id, reason="left the centre")


@dataclass
class Centre:
    """The small centre of one test, and shortcuts: act as somebody, look, deliver what follows."""

    db: Database
    settings: Settings
    clock: MovableClock
    engine: SearchEngine
    people: dict[str, int] = field(init=False)
    units: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        with self.db.look(SYSTEM) as work:
            self.people = {row.login: row.person_id for row in work.session.scalars(select(Account))}
            self.units = {row.code: row.id for row in work.session.scalars(select(Unit))}

    @property
    def around(self) -> Surroundings:
        """What reactions know beside their fact."""
        return Surroundings(ZONE, self.settings.base_url)

    def actor(self, login: str, *, via: str = "cookie", fresh: bool = True) -> Actor:
        """The acting party behind a login, with the rights of this moment; `operator` and `system` too."""
        if login in ("operator", "system"):
            return replace(OPERATOR if login == "operator" else SYSTEM)
        def find(session: Session) -> Actor:
            person = person_by_login(session, login)
            assert person is not None, login
            return actor_of(session, person, login=login, via=via)

        with self.db.look(SYSTEM) as work:  # found anew when anything about people has changed, as the service does
            return replace(remembered(work.session, PEOPLE, f"actor {login}", find), via=via, fresh=fresh)

    @contextmanager
    def begin(self, login: str, *, via: str = "cookie", fresh: bool = True) -> Iterator[Work]:
        """A writing unit as somebody."""
        with self.db.begin(self.actor(login, via=via, fresh=fresh)) as work:
            yield work

    @contextmanager
    def look(self, login: str = "system") -> Iterator[Work]:
        """A reading unit as somebody."""
        with self.db.look(self.actor(login)) as work:
            yield work

    def drain(self, *, index: bool = True) -> None:
        """Deliver every fact; with `index` bring the search index level too."""
        drain(self.db, self.around, self.engine if index else None)

"""Who acts: a person signed in, the operator of the machine, or the service itself."""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Actor:
    """One acting party and what it may do; built once per request, passed everywhere, never global.

    permissions: granted permission names. units: ids of the person's unit and all above it (audiences that include
    them). via: `cookie`, `token`, `cli`, `worker`. session_ref: which session or token, for the audit trail.
    fresh: the password was proved in the last minutes. must_change: a first password must be replaced before anything else;
    factor_first: so must a second factor be set up. guest: from outside, sees only what the invitation names.
    trail_login: what stands for the login in trails that are never changed.
    """

    login: str
    name: str
    person_id: int | None = None
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    unit_id: int | None = None
    units: frozenset[int] = frozenset()
    language: str = "zh_Hans_CN"
    via: str = "cookie"
    session_ref: str | None = None
    request_id: str | None = None
    fresh: bool = field(default=False, compare=False)
    must_change: bool = field(default=False, compare=False)
    factor_first: bool = field(default=False, compare=False)
    guest: bool = False
    trail_login: str = field(default="", compare=False)

    @property
    def initial(self) -> str:
        """First character of the name, for the round mark."""
        return (self.name or self.login or "?")[:1]

    def is_person(self) -> bool:
        """Whether a human being answers for what is done."""
        return self.person_id is not None

    def can(self, permission: str) -> bool:
        """Whether a permission name is granted, whatever the object."""
        return permission in self.permissions

    def within(self, request_id: str) -> Actor:
        """The same party, inside one request."""
        return replace(self, request_id=request_id)

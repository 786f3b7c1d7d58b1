"""The people and units of the demo centre.

Each of the fifteen roles has at least one holder, and one well-known sign-in for the first screen.
"""

import random
from dataclasses import dataclass
from functools import cache

from kmsvc.demo.content.files import load

MAIL_DOMAIN = "care.example.test"


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation unit; the root has no parent."""

    code: str
    name: str
    parent: str | None
    is_team: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account; hired_days_ago counts back from the demo's today."""

    login: str
    name: str
    email: str
    unit: str
    post: str
    roles: tuple[str, ...]
    language: str
    employee_no: str
    hired_days_ago: int


@dataclass(frozen=True, slots=True)
class Centre:
    """The whole centre; sign_ins maps each role to the login shown on the sign-in sheet."""

    name: str
    name_en: str
    units: tuple[Unit, ...]
    people: tuple[Person, ...]
    sign_ins: dict[str, str]

    def person(self, login: str) -> Person:
        """The person with this login; KeyError when there is none."""
        for person in self.people:
            if person.login == login:
                return person
        raise KeyError(login)

    def holders(self, role: str) -> tuple[Person, ...]:
        """Everybody who holds a role, in the order of the staff list."""
        return tuple(person for person in self.people if role in person.roles)


@cache
def centre(seed: int) -> Centre:
    """The staff list; the seed only moves entry dates and staff numbers."""
    rng = random.Random(f"people:{seed}")
    data = load("people.toml")
    units = tuple(
        Unit(row["code"], row["name"], row.get("parent"), row.get("team", False)) for row in data["unit"]
    )
    numbers = rng.sample(range(1001, 1900), len(data["person"]))
    people = tuple(
        Person(
            login=row["login"],
            name=row["name"],
            email=f"{row['login']}@{MAIL_DOMAIN}",
            unit=row["unit"],
            post=row["post"],
            roles=tuple(row["roles"]),
            language=row.get("language", "zh_Hans_CN"),
            employee_no=f"CH{number}",
            hired_days_ago=row.get("days", rng.randrange(240, 2600)),
        )
        for row, number in zip(data["person"], numbers, strict=True)
    )
    return Centre(data["name"], data["name_en"], units, people, dict(data["sign_in"]))

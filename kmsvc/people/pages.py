"""Who may do what: roles against permissions, made from the register, for whoever audits rights."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template

from kmsvc.core.permissions import REGISTER, anything
from kmsvc.core.texts import N_
from kmsvc.core.web import look
from kmsvc.people.accounts.permissions import SEE_PERMISSIONS
from kmsvc.people.roles import EVERYONE, GRANTS, SYSTEM_GRANTS, Role

blueprint = Blueprint("people_permissions_pages", __name__, url_prefix="/people/permissions")


SLICES = {"access": N_("Access to secret text"), "audit": N_("Audit trail"), "files": N_("Files"), "home": N_("My day"),
          "hooks": N_("Hooks"),
          "knowledge": N_("Knowledge"), "notices": N_("Notices"), "operations": N_("Operations"), "people": N_("People"),
          "process": N_("Processes"), "search": N_("Search"), "standards": N_("Standards"), "training": N_("Training")}


@dataclass(frozen=True)
class MatrixRow:
    """One permission: its name, the English source of its label, who holds it, and whether it also looks at the object."""

    name: str
    label: str
    everyone: bool
    roles: frozenset[Role]
    service: bool
    conditional: bool


def matrix() -> list[tuple[str, list[MatrixRow]]]:
    """(slice, rows) for every registered permission, by name."""
    groups: dict[str, list[MatrixRow]] = {}
    for name, permission in sorted(REGISTER.items()):
        groups.setdefault(name.split(".")[0], []).append(MatrixRow(
            name, permission.label, name in EVERYONE, frozenset(role for role in Role if name in GRANTS[role]),
            name in SYSTEM_GRANTS, permission.when is not anything))
    return sorted(groups.items())


@blueprint.get("")
def index() -> str:
    """The matrix."""
    with look() as work:
        work.permit(SEE_PERMISSIONS)
    return render_template("people/permissions.html", groups=matrix(), roles=list(Role), slices=SLICES)

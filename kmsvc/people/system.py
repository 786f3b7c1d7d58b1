"""The two actors that are no persons: the service itself and the operator of the machine. Short explicit lists, no bypass."""

from kmsvc.core.actors import Actor
from kmsvc.people.roles import OPERATOR_GRANTS, SYSTEM_GRANTS

SYSTEM = Actor(login="system", name="kmsvc", permissions=SYSTEM_GRANTS, via="worker")
OPERATOR = Actor(login="operator", name="operator", permissions=OPERATOR_GRANTS, via="cli")
NOBODY = Actor(login="", name="", via="nobody")

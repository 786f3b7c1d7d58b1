"""What can be told to other systems, how a delivery is signed, how long it waits after a failure, which addresses may be reached."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_, Labelled

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
MOST_HOOKS = 50
MOST_TRIES = 12
"""of one delivery, over about three and a half hours; then it waits for a person"""
STOP_AFTER = 20
"""failures in a row, over about an hour; then the hook stops by itself and its administrators hear of it"""
MOST_WAITING = 10_000
"""deliveries of one hook; what comes beyond is dead at once, with its reason"""
KEPT_DAYS, DEAD_DAYS = 30, 90
"""how long what was sent, and what was given up, stays in the log"""
REPLAY_S = 300
"""seconds after which a receiver should refuse a signature"""
TESTED = "hooks.hook.tested"


class HookState(Labelled):
    """Whether a hook is told."""

    ON = "on", N_("Running")
    PAUSED = "paused", N_("Paused")
    STOPPED = "stopped", N_("Stopped after many failures")


class DeliveryState(Labelled):
    """What became of a delivery."""

    WAITING = "waiting", N_("Waiting")
    SENT = "sent", N_("Sent")
    DEAD = "dead", N_("Given up")
    DROPPED = "dropped", N_("Not for this account")


@dataclass(frozen=True)
class Offered:
    """A kind of fact other systems may be told. subject: the kind of thing it is about and the field with its id, a kind in @ is
    that in the field; permission: what the account needs besides being allowed to see the thing."""

    label: str
    subject: tuple[str, str] | None
    permission: str | None = None


_ARTICLE, _PROCESS, _CHANGE = ("article", "article_id"), ("process", "process_id"), ("change", "change_id")
_CITED = ("@text_kind", "text_id")
OFFERED: Mapping[str, Offered] = {
    "knowledge.article.published": Offered(N_("An article was published"), _ARTICLE),
    "knowledge.article.retired": Offered(N_("An article was retired"), _ARTICLE),
    "knowledge.article.changed": Offered(N_("An article was edited"), _ARTICLE),
    "knowledge.article.imported": Offered(N_("Articles were imported"), ("article", "article_ids")),
    "knowledge.citation.marked": Offered(N_("What a thing cites has changed"), _CITED, "knowledge.citation.see"),
    "knowledge.flow.published": Offered(N_("A guided flow was published"), ("flow", "flow_id")),
    "knowledge.flow.retired": Offered(N_("A guided flow was retired"), ("flow", "flow_id")),
    "knowledge.bulletin.began": Offered(N_("A bulletin began, or is to be read again"), ("bulletin", "bulletin_id")),
    "knowledge.bulletin.ended": Offered(N_("A bulletin is over"), ("bulletin", "bulletin_id")),
    "knowledge.gap.moved": Offered(N_("A gap came to another state"), None, "knowledge.gap.see"),
    "knowledge.feedback.sent": Offered(N_("A reader said something of an answer"), _ARTICLE, "knowledge.article.edit"),
    "knowledge.feedback.moved": Offered(N_("Something came of feedback"), _ARTICLE, "knowledge.article.edit"),
    "knowledge.contact.linked": Offered(N_("An answer was linked to a contact"), ("@linked_kind", "linked_id"),
                                        "knowledge.contact.see_all"),
    "knowledge.proposal.sent": Offered(N_("An article or a correction was proposed"), None, "knowledge.licence.see_all"),
    "knowledge.proposal.moved": Offered(N_("Something came of a proposal"), None, "knowledge.licence.see_all"),
    "knowledge.bench.broke": Offered(N_("Saved searches no longer find their article"), None, "knowledge.bench.keep"),
    "knowledge.review.signed": Offered(N_("A yearly review was signed"), ("review", "review_id")),
    "process.definition.went_live": Offered(N_("A version took effect"), _PROCESS),
    "process.definition.retired": Offered(N_("A process was retired"), _PROCESS),
    "process.definition.reviewed": Offered(N_("A process was reviewed"), _PROCESS),
    "process.change.submitted": Offered(N_("A change was asked for"), _CHANGE),
    "process.change.step_entered": Offered(N_("A change came to another step"), _CHANGE),
    "process.change.closed": Offered(N_("A change came to its end"), _CHANGE),
}
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def bare(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a fact that leave the house: ids, numbers, codes and days. No words, and nobody's person."""
    return {name: value for name, value in payload.items() if "person" not in name and _is_bare(value)}


def _is_bare(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, int) for one in value)
    return value is None or isinstance(value, int) or (
        isinstance(value, str) and bool(_CODE.match(value) or _DAY.match(value)))


def signature(secret: str, seconds: int, body: bytes) -> str:
    """The header of a delivery: `t=SECONDS,v1=HEX`, HMAC-SHA256 with the secret over `SECONDS.BODY`."""
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def delivery_pause(tries: int) -> timedelta:
    """How long a delivery waits after this many tries: 5 s doubling to an hour, with jitter."""
    return timedelta(seconds=min(5 * 2 ** min(tries - 1, 12), 3600) * random.uniform(0.8, 1.2))


def hook_rest(failing: int) -> timedelta:
    """How long a hook rests after this many failures in a row: 2 s doubling to five minutes, with jitter."""
    return timedelta(seconds=min(2 ** min(failing, 12), 300) * random.uniform(0.8, 1.2))


def networks_of(text: str) -> tuple[Network, ...]:
    """The networks that a setting names, with commas between them; ValueError where one is none."""
    return tuple(ipaddress.ip_network(one.strip()) for one in text.split(",") if one.strip())


def may_reach(address: str, private: Iterable[Network]) -> bool:
    """Whether an IP address may be called: one of the public network, or one of a network the machine's setting allows."""
    found = _plain(ipaddress.ip_address(address.partition("%")[0]))
    if in_any(found, private):
        return True
    inner = (found.is_private, found.is_loopback, found.is_link_local, found.is_multicast, found.is_reserved, found.is_unspecified,
             getattr(found, "is_site_local", False))
    return found.is_global and not any(inner)


def is_allowed_private(address: str, private: Iterable[Network]) -> bool:
    """Whether an IP address is of a network the machine's setting allows: there plain http will do."""
    return in_any(_plain(ipaddress.ip_address(address.partition("%")[0])), private)


def in_any(address: ipaddress.IPv4Address | ipaddress.IPv6Address, networks: Iterable[Network]) -> bool:
    """Whether an address is of one of these networks."""
    return any(address.version == one.version and address in one for one in networks)


def _plain(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An address that is wrapped in another one, unwrapped: what counts is where the packet goes."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        return inner or address
    return address


def check_address(address: str, private: Iterable[Network] = ()) -> None:
    """Refuse what is no plain web address, or one that shows by itself that it would never be called. private: networks that the
    machine's setting allows. Where a name leads is looked at when it is called."""
    allowed = tuple(private)
    wrong = None
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        wrong = N_("It must look like https://system.example.org/hooks.")
    elif "@" in parts.netloc or parts.fragment or any(ord(one) <= 0x20 or ord(one) > 0x7E or one in '\\"<>' for one in address):
        wrong = N_("Only letters, figures and signs of a plain web address; no name, password or # in it.")
    else:
        number = _number_of(parts.hostname)
        if number is not None and not may_reach(number, allowed):
            wrong = N_("This address is inside the own network; the machine's setting does not allow it.")
        elif parts.scheme == "http" and not (is_allowed_private(number, allowed) if number else allowed):
            wrong = N_("It must begin with https://; plain http is for inner addresses that the machine's setting allows.")
    if wrong:
        raise InvalidInput({"address": [wrong]})


def _number_of(host: str) -> str | None:
    """The IP address that a host is written as, in whatever way a call would read it; None where it is a name."""
    if host == "localhost" or host.endswith(".localhost"):
        return "127.0.0.1"
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    parts = [_figure(one) for one in host.split(".")]
    figures = [one for one in parts if one is not None]
    if len(parts) > 4 or len(figures) < len(parts) or any(one > 255 for one in figures[:-1]):
        return None
    room = 256 ** (5 - len(figures))  # the last one fills what the others leave: 127.1 is 127.0.0.1
    if figures[-1] >= room:
        return None
    return str(ipaddress.IPv4Address(sum(one << 8 * (3 - at) for at, one in enumerate(figures[:-1])) + figures[-1]))


def _figure(part: str) -> int | None:
    """A part of a written address, in tens, sixteens after 0x or eights after 0."""
    for form, base in ((r"0[xX][0-9a-fA-F]{1,8}", 16), (r"0[0-7]{0,11}", 8), (r"[1-9][0-9]{0,9}", 10)):
        if re.fullmatch(form, part):
            return int(part, base)
    return None

"""R-C5: what a hook may reach: forty addresses, none of them called; names are looked at when they are called, not when they are
written down."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from kmsvc.core.errors import InvalidInput
from kmsvc.hooks import reaching
from kmsvc.hooks.reaching import NotReached, call
from kmsvc.hooks.reasons import REASONS, reason_of
from kmsvc.hooks.rules import bare, check_address, may_reach, networks_of, signature
from kmsvc.settings import _networks
from tests.hooks.receiver import receiving

INNER = """127.0.0.1 127.1.2.3 0.0.0.0 10.0.0.1 10.255.255.255 172.16.0.1 172.31.9.9 192.168.0.1 192.168.255.1 169.254.169.254
169.254.0.1 100.64.0.1 192.0.0.1 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255
::1 :: fe80::1 fe80::1%eth0 fc00::1 fd12:3456::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254
2002:7f00:1:: 2002:a00:1::
64:ff9b::7f00:1 64:ff9b::a00:1 2001:db8::1 2001:0:4136:e378:8000:63bf:80ff:fffe ::127.0.0.1 100::1 fec0::1""".split()
WRITTEN = ("http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/", "https://localhost/", "http://[::1]/",
           "http://[::ffff:127.0.0.1]/", "https://localhost.localdomain/")


@pytest.fixture
def nobody_is_called(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    called: list[Any] = []

    def connected(place: Any, *more: Any) -> Any:
        called.append(place)
        raise OSError("called")
    monkeypatch.setattr(reaching, "_connected", connected)
    return called


@pytest.mark.parametrize("address", INNER)
def test_r_c5_no_inner_address_is_called(address: str, nobody_is_called: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert not may_reach(address, ())
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: [
        (family, socket.SOCK_STREAM, 6, "", (address, 443))])
    with pytest.raises(NotReached):
        call("https://friendly.example.org/in", b"{}", {})
    assert nobody_is_called == []


@pytest.mark.parametrize("address", WRITTEN)
def test_r_c5_no_other_way_of_writing_it_helps(address: str, nobody_is_called: list[Any]) -> None:
    with pytest.raises(NotReached):
        call(address, b"{}", {})
    assert nobody_is_called == []


def test_r_c5_one_inner_address_among_several_is_enough_to_refuse(nobody_is_called: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in ("93.184.216.34", "127.0.0.1")])
    with pytest.raises(NotReached):
        call("https://rebinding.example.org/", b"{}", {})
    assert nobody_is_called == []


def test_r_c5_the_connection_goes_to_the_address_that_was_looked_at(nobody_is_called: list[Any],
                                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([[(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))],
                    [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: next(answers))
    with pytest.raises(NotReached):
        call("https://changing.example.org/", b"{}", {})
    assert [place[4][0] for place in nobody_is_called] == ["93.184.216.34"], "the name is asked once"


def test_what_the_machine_allows_is_reached_also_without_https() -> None:
    with receiving() as other:
        assert call(other.address, b"{}", {}, networks_of("127.0.0.1/32")).status == 200
        with pytest.raises(NotReached):
            call(other.address, b"{}", {}, networks_of("10.0.0.0/8"))
        with pytest.raises(NotReached):
            call(other.address, b"{}", {})
    assert len(other.taken) == 1


def test_plain_http_never_leaves_the_own_network(nobody_is_called: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80))])
    with pytest.raises(NotReached, match="only https"):
        call("http://friendly.example.org/", b"{}", {}, networks_of("127.0.0.0/8"))
    assert nobody_is_called == []


def test_a_certificate_nobody_knows_is_not_trusted(tmp_path: Any) -> None:
    with receiving() as other, pytest.raises(NotReached):
        call(other.address.replace("http:", "https:"), b"{}", {}, networks_of("127.0.0.0/8"))
    assert other.taken == []


@pytest.mark.parametrize("address", [
    "", "x", "ftp://a.example/", "file:///etc/passwd", "https://", "https://user:pass@a.example/", "https://a.example/#x",
    "https://a b.example/",
    "https://a.example/\r\nHost: b", "https://a.example:99999/", "https://a.example:0/", "https://a.example/\x00", "javascript:alert(1)",
    "https://ä.example/", "//a.example/", "https:///path", "https://[::1"])
def test_an_address_that_is_none_is_refused_when_it_is_written(address: str) -> None:
    with pytest.raises(InvalidInput):
        check_address(address)


def test_good_addresses_are_taken() -> None:
    for address in ("https://a.example/", "https://a.example:8443/hooks?x=1", "http://10.1.2.3/in", "https://[2606:4700::1]/"):
        check_address(address, networks_of("10.0.0.0/8"))
    assert may_reach("93.184.216.34", ()) and may_reach("2606:4700::1", ())


def test_only_numbers_codes_and_days_leave_the_house() -> None:
    assert bare({"article_id": 1, "state": "released2", "reviewed_on": "2026-01-02", "person_id": 3, "person_ids": [1],
                 "title": "Some Words", "note": "退款", "ids": [1, 2], "names": ["a"], "early": True, "none": None,
                 "code": "x" * 60}) == {
        "article_id": 1, "state": "released2", "reviewed_on": "2026-01-02", "ids": [1, 2], "early": True, "none": None}


def test_a_signature_is_of_time_and_body() -> None:
    assert signature("k" * 24, 1_700_000_000, b"{}") == (
        "t=1700000000,v1=79f01cae734f0c088bc8a879c07a61c74462b61d3b233b2a2c9ca75e35a7d5c5")
    others = (("k", 1, b"{}"), ("k", 2, b"{}"), ("k", 1, b"[]"), ("j", 1, b"{}"))
    assert len({signature(key * 24, at, body) for key, at, body in others}) == 4


def test_a_setting_that_names_no_network_is_refused() -> None:
    from marshmallow import ValidationError
    with pytest.raises(ValidationError):
        _networks("10.0.0.0/99")
    _networks("10.0.0.0/8, 127.0.0.1/32")


@pytest.mark.parametrize("address", [*WRITTEN[:6], "https://10.1.2.3/in", "http://a.example/in", "http://93.184.216.34/"])
def test_an_address_that_would_never_be_called_is_refused_when_it_is_written(address: str) -> None:
    with pytest.raises(InvalidInput):
        check_address(address)


@pytest.mark.parametrize("source", REASONS)
def test_every_reason_is_found_again_in_the_log(source: str) -> None:
    filled = {"seconds": "10", "status": "503", "fault": "self-signed (100%): a\nb"}
    found, places = reason_of(source % filled)
    assert found == source and found % places == source % filled


def test_a_reason_nobody_knows_stays_as_it_is() -> None:
    assert reason_of("OSError: 100% broken") == ("OSError: 100% broken", {})


@pytest.mark.parametrize("host", ["2130706433", "0x7F000001", "017700000001", "127.1", "0177.0.0.1", "10.2.65535", "0", "00.0",
                                  "10.2.65536", "256.1", "08.1", "10.2.3.4.5", "10..2", "0x", "4294967296", "a.1"])
def test_figures_are_read_as_the_machine_reads_them(host: str) -> None:
    try:
        socket.inet_aton(host)
    except OSError:
        check_address(f"https://{host}/")  # a name; where it leads is looked at when it is called
        return
    with pytest.raises(InvalidInput):
        check_address(f"https://{host}/")

"""Run inside an empty network namespace by test_offline: the story as far as the first release, and a look at the pages."""

from __future__ import annotations

import fcntl
import pickle
import re
import socket
import struct
import sys
from pathlib import Path

import requests

from tests.faults import story
from tests.faults.house import House, until


def raise_loopback() -> None:
    """Switch the loopback device on; a new namespace has it off."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        flags = struct.pack("16sh", b"lo", 0x1 | 0x40)
        fcntl.ioctl(any_socket, 0x8914, flags)


def nothing_outside() -> bool:
    """Whether no other machine can be reached."""
    try:
        socket.create_connection(("192.0.2.1", 80), timeout=1).close()
    except OSError:
        return True
    return False


def main() -> None:
    """Tell it, or fail with a traceback."""
    raise_loopback()
    assert nothing_outside()
    settings, port = pickle.loads(Path(sys.argv[1]).read_bytes())
    house = House(settings, port)
    try:
        house.start("serve")
        story.release(house, story.submit(house))
        until(lambda: story.found(house), what="the released text")
        page = requests.get(f"{house.address}/sign-in", timeout=10)
        assert page.status_code == 200
        for place in set(re.findall(r'(?:src|href)="([^"#]+)"', page.text)):
            assert place.startswith("/"), f"{place} lies outside"
            if place.startswith("/static/"):
                assert requests.get(house.address + place, timeout=10).status_code == 200, place
        print("told without a network")
    finally:
        house.close()


if __name__ == "__main__":
    main()

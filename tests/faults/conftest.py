"""A house for each test of faults: a data folder with the small centre and the processes that serve it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kmsvc.settings import Settings
from tests.faults.house import House, free_port

KIND_SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    """Nothing runs yet: `house.start("serve")` begins."""
    port = free_port()
    made = House(replace(settings, base_url=f"http://127.0.0.1:{port}"), port)
    made.settings.data_dir.chmod(0o700)
    yield made
    made.close()
    print(made.complaints())  # pytest shows it when the test failed

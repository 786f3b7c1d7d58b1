"""Work that may wait takes its share of the time and no more."""

from kmsvc.core.pace import Pace


def test_rests_so_long_that_the_work_is_its_share_of_the_time() -> None:
    now, rests = 100.0, list[float]()

    def wait(seconds: float) -> None:
        nonlocal now
        rests.append(seconds)
        now += seconds
    pace = Pace(0.25, wait, lambda: now)
    now += 2.0
    pace()
    now += 1.0
    pace()
    pace()
    assert rests == [6.0, 3.0, 0.0]  # a rest itself is not rested for

"""The fixtures that the tests of the support itself use."""

from tests.support.chromium import browser, open_window, pytest_runtest_makereport

__all__ = ["browser", "open_window", "pytest_runtest_makereport"]

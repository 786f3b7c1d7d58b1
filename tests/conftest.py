"""What every test shares."""

from tests.support.selection import pytest_collection_modifyitems

__all__ = ["pytest_collection_modifyitems"]

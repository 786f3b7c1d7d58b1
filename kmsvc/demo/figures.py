"""Figures of the demo: how its searches ended is judged and counted, as the worker would have done day by day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from kmsvc.core.work import Database
from kmsvc.demo.play import TOLD
from kmsvc.knowledge.figures.counting import count_all
from kmsvc.people.system import SYSTEM


def count_figures(engine: Engine, *, zone: str, now: datetime) -> int:
    """Count them; returns how many."""
    return count_all(Database(engine, reactions=TOLD, clock=lambda: now), SYSTEM, zone)

"""`/healthz` says the process lives, `/readyz` that it can serve: database, schema, worker. `/metrics` for machines."""

from __future__ import annotations

import shutil

from flask import Blueprint, Response, current_app, jsonify
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from kmsvc.core import leases
from kmsvc.core.events import Delivery
from kmsvc.core.web import database, settings
from kmsvc.notices.models import Mail
from kmsvc.operations import checks as checks_of
from kmsvc.operations.failures import failing
from kmsvc.operations.schema import current_revision, head_revision
from kmsvc.people.system import SYSTEM
from kmsvc.search.models import DirtyMark

blueprint = Blueprint("health", __name__)


def worker_beat(session: Session) -> float | None:
    """Seconds since any worker last said it lives, by the database's clock; None when none ever did."""
    beat = session.scalar(select(func.max(leases.Lease.beat_at)).where(leases.Lease.name.like("beat%")))
    return (leases.database_now(session) - beat).total_seconds() if beat else None


@blueprint.get("/healthz")
def healthz() -> Response:
    """This process answers."""
    return jsonify({"ok": True})


@blueprint.get("/readyz")
def readyz() -> Response:
    """Database, schema and worker are as they should be."""
    checks = {"database": False, "schema": False, "worker": False}
    try:
        with database().look(SYSTEM) as work:
            checks["database"] = True
            checks["schema"] = current_revision(work.session.connection()) == head_revision()
            beat = worker_beat(work.session)
            checks["worker"] = beat is not None and beat < checks_of.BEAT_S
    except (DBAPIError, SQLAlchemyError):
        current_app.logger.warning("not ready: the database does not answer")
    answer = jsonify({"ok": all(checks.values()), "checks": checks})
    answer.status_code = 200 if all(checks.values()) else 503
    return answer


@blueprint.get("/metrics")
def metrics() -> Response:
    """Gauges in the Prometheus text form."""
    registry = CollectorRegistry()

    def gauge(name: str, about: str, value: float) -> None:
        Gauge(name, about, registry=registry).set(value)

    with database().look(SYSTEM) as work:
        session = work.session
        for state in ("pending", "dead"):
            gauge(f"kmsvc_deliveries_{state}", f"Outbox deliveries {state}.", session.scalar(
                select(func.count()).select_from(Delivery).where(Delivery.state == state)) or 0)
        oldest = session.scalar(select(func.min(Delivery.next_at)).where(Delivery.state == "pending"))
        gauge("kmsvc_outbox_age_seconds", "Age of the oldest pending delivery.",
              max(0.0, (work.now - oldest).total_seconds()) if oldest else 0)
        for state in ("waiting", "dead"):
            gauge(f"kmsvc_mail_{state}", f"Mail {state}.", session.scalar(
                select(func.count()).select_from(Mail).where(Mail.state == state)) or 0)
        marked = session.scalar(select(func.min(DirtyMark.marked_at)))
        gauge("kmsvc_index_lag_seconds", "How far the index is behind.",
              max(0.0, (work.now - marked).total_seconds()) if marked else 0)
        beat = worker_beat(session)
        gauge("kmsvc_job_failures", "Subjects that periodic work fails for.", len(failing(session)))
        usage = shutil.disk_usage(settings().data_dir)
        gauge("kmsvc_disk_free_ratio", "Free share of the data folder's disk.", usage.free / usage.total)
        age, _ = checks_of.backup_age(settings(), work.now)
        gauge("kmsvc_backup_age_seconds", "Age of the last verified backup; -1 none.", -1 if age is None else age)
        gauge("kmsvc_worker_beat_seconds", "Seconds since a worker last beat; -1 never.", -1 if beat is None else beat)
    return Response(generate_latest(registry), mimetype="text/plain")

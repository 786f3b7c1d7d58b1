"""Audits: programmes, engagements, checklists, samples, findings and what is done about them."""

import sqlalchemy as sa
from alembic import op

revision = "0051_audits"
down_revision = "0050_campaigns"

FROZEN = ("standards_finding_revision", "standards_finding_step", "standards_engagement_report", "standards_audit_sample")
"""what stands there is not changed"""
SAID = "what stands here is not changed"


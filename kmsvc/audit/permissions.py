"""Who sees the audit trail."""

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

SEE_TRAIL = Permission("audit.trail.see", N_("See the audit trail and verify it"))

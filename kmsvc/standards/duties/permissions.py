"""Who sees duties and who runs the engine."""

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

SEE_DUTIES = Permission("standards.duty.see", N_("See the duties of the centre"))
RUN_DUTIES = Permission("standards.duty.run", N_("Compute duties and reminders"))
COMPLETE_DUTY = Permission("standards.duty.complete", N_("Note that a duty is done"))

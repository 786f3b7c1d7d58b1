"""Who sees and mends the running of the service; `operations.deliver` is the worker's own."""

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

SEE_OPERATIONS = Permission("operations.page.see", N_("See the operations page"))
RETRY_DELIVERY = Permission("operations.delivery.retry", N_("Try failed deliveries and mail again"))
SET_OPTION = Permission("operations.option.set", N_("Change settings of the centre"))
DELIVER = Permission("operations.deliver", N_("Deliver facts to reactions"))

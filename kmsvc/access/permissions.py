"""Who notes, who reads the log, who may put secret text on paper."""

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

NOTE_ACCESS = Permission("access.entry.note", N_("Leave a line in the log of secret text"))
SEE_ACCESS = Permission("access.entry.see", N_("See who was shown secret text, and who tried to copy it"))
PRINT_SECRET = Permission("access.secret.print", N_("Print secret text"))

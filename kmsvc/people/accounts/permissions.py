"""Who may change accounts and roles, and what each keeps for oneself."""

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

MANAGE_ACCOUNTS = Permission("people.account.manage", N_("Keep accounts and roles"))
SEE_PERMISSIONS = Permission("people.permission.see", N_("See who may do what"))
KEEP_SELF = Permission("people.self.keep", N_("Change one's own language, password and tokens"))
END_SESSIONS = Permission("people.session.end", N_("End sessions that have run out"))

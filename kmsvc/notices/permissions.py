"""Who reads and who sends."""

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

READ_NOTICES = Permission("notices.notice.read", N_("Read one's own notices"))
SEND_NOTICES = Permission("notices.notice.send", N_("Put a notice into an inbox"))
SEND_MAIL = Permission("notices.mail.send", N_("Hand mail to the mail server"))

"""Who sees which certificates, who keeps kinds and requirements, who notes that somebody passed."""

from __future__ import annotations

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

SEE_CERTIFICATES = Permission("training.certificate.see", N_("See one's own certificates and queues"))
SEE_TEAM_CERTIFICATES = Permission("training.certificate.see_team", N_("See the certificates of one's team"))
SEE_ALL_CERTIFICATES = Permission("training.certificate.see_all", N_("See everybody's certificates"))
KEEP_CERTIFICATES = Permission("training.certificate.keep", N_("Keep kinds of certificates and who needs them"))
AWARD_CERTIFICATE = Permission("training.certificate.award", N_("Note that somebody passed, with proof"))
REVOKE_CERTIFICATE = Permission("training.certificate.revoke", N_("Revoke a certificate and take that back"))
FOLLOW_CERTIFICATES = Permission("training.certificate.follow",
                                 N_("Let certificates follow people, exams and readings"))

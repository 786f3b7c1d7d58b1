"""Who sees and keeps the files of trainers."""

from __future__ import annotations

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

SEE_TRAINERS = Permission("training.trainer.see", N_("See the files of trainers: authorisations, ratings, observations"))
AUTHORISE_TRAINER = Permission("training.trainer.authorise", N_("Open files of trainers, authorise them and withdraw it"))
OBSERVE_TRAINER = Permission("training.trainer.observe", N_("Note what one saw when sitting in with a trainer"))

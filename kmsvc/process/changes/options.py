"""Settings of change requests; defaults where the sources are silent (domain section 13)."""

from kmsvc.core.options import Option
from kmsvc.core.texts import N_

SAMPLE_SIZE = Option("process.change.sample_size", 5, N_("Contacts sampled in step 11"), minimum=1, maximum=500)
CONFIRM_WITHOUT_EDIT = Option("process.change.allow_confirm_without_edit", True,
                              N_("Step 13 may confirm the text unchanged (D22)"))
APPROVAL_NEEDS_PERSON = Option("process.change.approval_needs_person", False,
                               N_("Approving needs a signed-in person, not an API token"))
TRAINED_SHARE = Option("process.change.trained_share", 90,
                       N_("Percent of those affected to be trained before the second release takes effect"), minimum=0, maximum=100)

"""The settings of learning from use."""

from kmsvc.core.options import Option
from kmsvc.core.texts import N_
from kmsvc.knowledge.learning.rules import MOST_LIFT

ON = Option("knowledge.learning.on", True, N_("Let use move answers up in the search, by a few places"))
LEAST_PEOPLE = Option("knowledge.learning.people", 3, N_("Different persons an answer must have helped before it is moved up"),
                      minimum=2, maximum=1000)
MOST_PLACES = Option("knowledge.learning.places", 3, N_("Places an answer is moved up by use, at most"), minimum=1, maximum=MOST_LIFT)

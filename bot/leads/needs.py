"""What a command of a lead may want to know before it is decided."""

from enum import StrEnum
from typing import Final


class Need(StrEnum):
    """Facts that a rule may ask for besides the time, the agreement and the person who acts."""

    TOUCHES = "touches"  # of this lead
    OFFERS = "offers"  # made in this channel within the flood's window, and the open hold
    LOAD = "load"  # leads that the person accepted and has not contacted yet
    COLLEAGUE = "colleague"  # the person whom the command names
    HOLDER = "holder"  # who has the lead, or is asked for it alone
    LOSS = "loss"  # when the last of its deals was lost
    TEAM = "team"  # whose the lead is, with its people, and when time stood still for it


NOTHING: Final[frozenset[Need]] = frozenset()

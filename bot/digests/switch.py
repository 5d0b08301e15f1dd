"""`/truce digest off`: whether somebody reads of their own leads on Mondays."""

from collections.abc import Mapping
from typing import Final

from bot.errors import Refused

YES: Final = frozenset({"on", "yes", "start"})
NO: Final = frozenset({"off", "no", "none", "stop", "end"})
SWITCHED: Final[Mapping[bool | None, str]] = {
    True: "From Monday on you read of your own leads again, whenever there is something of yours.",
    False: "The Monday message about your own leads is off. `/truce digest on` brings it back.",
    None: "On Mondays you read how your own leads stand. `/truce digest off` ends that, `/truce digest on` brings it back.",
}


def read_switch(words: str) -> bool | None:
    """On, off, or None where nothing is said. Raises Refused with a sentence."""
    said = words.strip(" .!").lower()
    if said and said not in YES | NO:
        raise Refused("Say `/truce digest off`, or `/truce digest on`.")
    return said in YES if said else None

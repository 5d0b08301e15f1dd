"""The errors our own code raises. Anything else that reaches an edge is a bug."""

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.jobs import Due
    from bot.out.spacing import Spacing


class Refused(Exception):
    """A person asked for something the rules do not allow; str(self) is shown to that person.

    `field` names the input of a modal that the sentence belongs to. `jobs` are kept although nothing
    else changes: a click on a stale card has it redrawn.
    """

    def __init__(self, words: str, *, field: str | None = None, jobs: "tuple[Due, ...]" = ()) -> None:
        super().__init__(words)
        self.field = field
        self.jobs = jobs


class Unsure(Exception):
    """The database went away amid a commit: what was asked for may have been kept, or not."""


class Unintelligible(Exception):
    """Something from outside that we cannot read at all (not JSON, not a table)."""


class Later(Exception):
    """Not now, and nobody's fault (a rate limit): run the job again after `wait`, without counting it."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"again in {wait}")
        self.wait = wait


class Held(Later):
    """Later, and with it all that stands behind it in its lane."""


class Again(Exception):
    """A stranger did not take it: tried again in its turn, and given up, as `spacing` has it; not before `wait` is over."""

    def __init__(self, words: str, spacing: "Spacing", wait: timedelta = timedelta()) -> None:
        super().__init__(words)
        self.spacing, self.wait = spacing, wait


class Unknown(Exception):
    """A call may have done its work: its answer was lost."""


class Barred(Held):
    """Not before a person has mended something; `code` is Slack's."""

    def __init__(self, wait: timedelta, code: str) -> None:
        super().__init__(wait)
        self.code = code


class Hopeless(Exception):
    """This job will never succeed; the sentence is for the operator."""

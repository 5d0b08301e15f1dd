"""The twelve reasons of a rejection: what each asks, where the lead goes, and whether it counts.

The codes are kept in databases and in the settings: never rename one. Labels are the agreement's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Ask(StrEnum):
    """The form of a reason's second question."""

    CHOICE = "choice"
    TEXT = "text"
    MONTH = "month"
    COLLEAGUE = "colleague"
    RECORD = "record"
    ATTEMPTS = "attempts"


class Then(StrEnum):
    """Where the lead goes."""

    CLOSED = "closed"
    NURTURE = "nurture"
    REPAIRED = "repaired"  # marketing mends the data
    RETURNED = "returned"  # back on a date
    OFFERED_ON = "offered on"  # no rejection at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """`counts` against the quality of leads; None: left out of that figure."""

    code: str
    group: str
    label: str
    then: Then
    counts: bool | None
    ask: Ask | None = None
    question: str = ""
    choices: tuple[str, ...] = ()

    @property
    def rejects(self) -> bool:
        return self.then is not Then.OFFERED_ON


NOT_GOOD: Final = "Not a good lead"
LATER: Final = "Good, but later"
NOT_FOR_ME: Final = "Good, but not for me"
OTHER: Final = "Other"

_REASONS: Final = (
    Reason(
        code="not_icp",
        group=NOT_GOOD,
        label="Not our kind of customer",
        then=Then.CLOSED,
        counts=True,
        ask=Ask.CHOICE,
        question="What does not fit?",
        choices=("Industry", "Size", "Country", "Use case", "Other"),
    ),
    Reason(
        code="wrong_person",
        group=NOT_GOOD,
        label="Wrong person",
        then=Then.NURTURE,
        counts=True,
        ask=Ask.TEXT,
        question="What is their role?",
    ),
    Reason(code="no_need", group=NOT_GOOD, label="No need or interest", then=Then.NURTURE, counts=True),
    Reason(code="no_budget", group=NOT_GOOD, label="No budget", then=Then.NURTURE, counts=True),
    Reason(
        code="bad_data",
        group=NOT_GOOD,
        label="Contact data wrong",
        then=Then.REPAIRED,
        counts=True,
        ask=Ask.CHOICE,
        question="Which field is wrong?",
        choices=("E-mail", "Phone", "Name", "Title", "Company", "Country"),
    ),
    Reason(
        code="spam",
        group=NOT_GOOD,
        label="Spam, student, vendor, competitor",
        then=Then.CLOSED,
        counts=True,
        ask=Ask.CHOICE,
        question="Which of them?",
        choices=("Spam", "Student", "Vendor", "Competitor"),
    ),
    Reason(
        code="unreachable",
        group=NOT_GOOD,
        label="Could not reach",
        then=Then.NURTURE,
        counts=False,
        ask=Ask.ATTEMPTS,
        question="Attempts to reach them",
    ),
    Reason(
        code="duplicate",
        group=NOT_GOOD,
        label="Already known",
        then=Then.CLOSED,
        counts=None,
        ask=Ask.RECORD,
        question="Which record is it?",
    ),
    Reason(
        code="not_now",
        group=LATER,
        label="Right fit, wrong time",
        then=Then.RETURNED,
        counts=False,
        ask=Ask.MONTH,
        question="When should it come back?",
    ),
    Reason(
        code="not_mine",
        group=NOT_FOR_ME,
        label="Wrong owner or territory",
        then=Then.OFFERED_ON,
        counts=None,
        ask=Ask.COLLEAGUE,
        question="Whose is it, if you know?",
    ),
    Reason(
        code="no_capacity",
        group=NOT_FOR_ME,
        label="I cannot take it now",
        then=Then.OFFERED_ON,
        counts=None,
    ),
    Reason(code="other", group=OTHER, label="Other", then=Then.NURTURE, counts=False),
)
REASONS: Final[Mapping[str, Reason]] = {reason.code: reason for reason in _REASONS}
GROUPS: Final = (NOT_GOOD, LATER, NOT_FOR_ME, OTHER)
OTHER_LENGTH: Final = 10  # characters that "Other" needs (product.md section 4)

"""What the doctor finds: each finding with its words, its weight, and how to mend it. Facts come in, nothing is asked.

The same findings are told at start: what stops Truce ends it with one sentence, the others are warnings.
"""

from bot.health.finding import Check, Finding, Severity, as_data, report, unseen, weigh
from bot.health.slack import (
    SCOPES,
    TOKEN_CODES,
    UNREACHABLE,
    Place,
    not_found,
    of_clock,
    of_people,
    of_place,
    of_scopes,
    of_token,
    of_ways_in,
)
from bot.health.surroundings import (
    Schema,
    Work,
    lane_in_words,
    of_environment,
    of_feeds,
    of_kept,
    of_port,
    of_schema,
    of_settings,
    of_work,
    pulse,
)

__all__ = [
    "SCOPES",
    "TOKEN_CODES",
    "UNREACHABLE",
    "Check",
    "Finding",
    "Place",
    "Schema",
    "Severity",
    "Work",
    "as_data",
    "lane_in_words",
    "not_found",
    "of_clock",
    "of_environment",
    "of_feeds",
    "of_kept",
    "of_people",
    "of_place",
    "of_port",
    "of_schema",
    "of_scopes",
    "of_settings",
    "of_token",
    "of_ways_in",
    "of_work",
    "pulse",
    "report",
    "unseen",
    "weigh",
]

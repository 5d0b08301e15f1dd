"""The settings that admins change in Slack: their pages and fields, and how each is shown and read as text.

What a field's text means is for bot/settings to say, as it says it of app.yaml.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from bot.out.addresses import name_of
from bot.reasons import REASONS
from bot.settings import Settings
from bot.settings.nodes import read_value, write_value
from bot.settings.written import TEAMS, defaults, laid_out, written


class Kind(StrEnum):
    """What is typed."""

    WORDS = "words"  # as it stands
    NUMBER = "number"
    LIST = "list"  # with commas
    LINES = "lines"  # `key: value`, each in a line
    CHOICE = "choice"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One key of the settings in a form."""

    key: str
    label: str
    kind: Kind = Kind.WORDS
    hint: str = ""
    choices: Mapping[str, str] | None = None  # by value, in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A form: some fields that belong together."""

    title: str
    about: str  # in a sentence, in the list of pages
    fields: tuple[Field, ...]


WEEK_HINT: Final = 'A line for each: mon-thu: ["09:00-12:00", "13:00-17:30"]. Empty: '
SPANS: Final = (
    ("remind", "Reminder"),
    ("breach", "Late"),
    ("manager", "To the manager"),
    ("reoffer", "Offered to the next"),
    ("last_call", "Last call to the heads"),
    ("first_contact", "First contact, after the accept"),
    ("still_yours", "“Still yours?” is answered within"),
)
UNITS: Final = "In working time: 30m, 2h, 1d. 1d is the same time on the next working day"
DISTURB: Final = {"working-hours": "Only in their working hours", "always": "At any time"}
OFFER: Final = {
    "channel": "To the channel: the first click has it",
    "rotation": "To one rep at a time, in turn",
}


def _ladder(kind: str) -> tuple[Field, ...]:
    spans = (
        Field(key=f"ladder.{kind}.{name}", label=label, hint=UNITS if name == "remind" else "")
        for name, label in SPANS
    )
    stalled = Field(
        key=f"ladder.{kind}.stalled",
        label="Stalled, after the last contact",
        kind=Kind.LIST,
        hint="The owner, then the manager too, then the digest only",
    )
    return (*spans, stalled)


PAGES: Final[Mapping[str, Page]] = {
    "hot": Page(
        title="Hot leads",
        about="when whom is reminded of a lead that asked for us",
        fields=_ladder("hot"),
    ),
    "standard": Page(
        title="Standard leads",
        about="when whom is reminded of all others",
        fields=(
            *_ladder("standard"),
            Field(key="ladder.most", label="Reminders per person and lead, at most", kind=Kind.NUMBER),
        ),
    ),
    "hours": Page(
        title="Working hours",
        about="when clocks run and people are told",
        fields=(
            Field(
                key="hours.week",
                label="Hours of the week",
                kind=Kind.LINES,
                hint=WEEK_HINT + "mon-fri, 9 to 17:30",
            ),
            Field(key="hours.timezone", label="Time zone of the team", hint="As in Europe/London"),
            Field(
                key="hours.holidays",
                label="Holidays",
                kind=Kind.LIST,
                hint="Countries (DE), subdivisions (DE-BY) or dates (2026-12-24)",
            ),
            Field(key="hours.disturb", label="People are told", kind=Kind.CHOICE, choices=DISTURB),
        ),
    ),
    "gate": Page(
        title="When is a lead ready",
        about="what a lead must have, and what keeps it from sales",
        fields=(
            Field(
                key="leads.require",
                label="Needed",
                kind=Kind.LIST,
                hint="reachable, company, contact.title ...",
            ),
            Field(key="leads.score.threshold", label="Score at least", kind=Kind.NUMBER),
            Field(
                key="leads.disqualify.email_domains", label="Not from these e-mail domains", kind=Kind.LIST
            ),
            Field(key="leads.disqualify.titles", label="Not with these titles", kind=Kind.LIST),
            Field(key="leads.disqualify.countries", label="Not from these countries", kind=Kind.LIST),
            Field(key="leads.hot.sources", label="Hot: these sources asked for us", kind=Kind.LIST),
            Field(
                key="leads.hot.score",
                label="Hot from this score on",
                kind=Kind.NUMBER,
                hint="Empty: no score does",
            ),
        ),
    ),
    "score": Page(
        title="Score",
        about="the points that facts and touches give",
        fields=(
            Field(key="leads.score.touches", label="Points per touch", kind=Kind.LINES, hint="webinar: 10"),
            Field(
                key="leads.score.facts",
                label="Points per fact",
                kind=Kind.LINES,
                hint='contact.title: {director: 15, vp: 20} or company.employees: {">=200": 15}',
            ),
            Field(key="leads.score.half_life", label="Touches lose half of it in", hint="As in 30d"),
        ),
    ),
    "reasons": Page(
        title="Reasons",
        about="what the reasons for a rejection are called",
        fields=tuple(Field(key=f"reasons.{code}", label=each.label) for code, each in REASONS.items()),
    ),
}
TEAM: Final = (
    Field(key="channel", label="Channel", kind=Kind.CHANNEL),
    Field(
        key="when",
        label="Which leads are theirs",
        kind=Kind.LINES,
        hint="country: [DE, AT, CH]. Empty only for the last team",
    ),
    Field(key="reps", label="Reps", kind=Kind.LIST, hint="E-mails or @groups. Empty: as for all"),
    Field(key="managers", label="Managers", kind=Kind.LIST, hint="E-mails or @groups. Empty: as for all"),
    Field(key="offer", label="Their leads are offered", kind=Kind.CHOICE, choices=OFFER),
    Field(key="hours.week", label="Hours of the week", kind=Kind.LINES, hint=WEEK_HINT + "as for all"),
    Field(key="hours.timezone", label="Time zone", hint="Empty: as for all"),
    Field(key="hours.holidays", label="Holidays", kind=Kind.LIST, hint="Empty: as for all"),
    Field(key="ladder", label="Reminders", kind=Kind.LINES, hint="hot: {remind: 3m}. Empty: as for all"),
)

FIELDS: Final = {each.key: (page.title, each) for page in PAGES.values() for each in page.fields}
OF_A_TEAM: Final = {each.key: each for each in TEAM}


def team_fields(name: str) -> tuple[Field, ...]:
    """The fields of one team, by their whole keys."""
    return tuple(
        Field(
            key=f"teams.{name}.{each.key}",
            label=each.label,
            kind=each.kind,
            hint=each.hint,
            choices=each.choices,
        )
        for each in TEAM
    )


def shown(field: Field, settings: Settings) -> str:
    """What holds, as the field's text."""
    return as_text(field.kind, value_in(settings, field.key))


def as_text(kind: Kind, value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    if kind is Kind.LIST:
        return ", ".join(map(write_value, value))
    if kind is Kind.LINES:
        return "\n".join(write_value({name: each})[1:-1] for name, each in value.items())
    return str(value)


def value_in(settings: Settings, key: str) -> Any:
    """What holds under a key, or under all keys below it; a team's own alone."""
    told = {**defaults(), **written(settings)}
    if key in told:
        return told[key]
    below = {
        name.removeprefix(f"{key}."): value for name, value in told.items() if name.startswith(f"{key}.")
    }
    return laid_out(below) or None


def read(field: Field, text: str) -> Any:
    """The value that a text stands for; None: nothing, so the default. Raises ValueError where it cannot be read."""
    text = text.strip()
    if not text:
        return None
    if field.kind is Kind.NUMBER:
        return int(text) if re.fullmatch(r"-?\d{1,9}", text) else text
    if field.kind is Kind.LIST:
        groups = re.sub(r"(?<![\w.\"'])@[\w.-]+", r'"\g<0>"', text)
        return read_value(text if text.startswith("[") else f"[{groups}]")
    return read_value(text) if field.kind is Kind.LINES else text


def named(key: str) -> str:
    """What a key is called where people read of it: by its page, or its team, and the label of its field."""
    title, field = FIELDS.get(key, ("", None))
    if field is not None:
        return f"{title}, {_lower(field)}"
    if key == TEAMS:
        return "Teams, in their order"
    if key.startswith(f"{TEAMS}."):
        _, team, own = key.split(".", 2)
        known = OF_A_TEAM.get(own)
        return f"Team {team}, {_lower(known) if known else own}"
    return key


def _lower(field: Field) -> str:
    return field.label if field.key.startswith("reasons.") else f"{field.label[0].lower()}{field.label[1:]}"


def said(key: str, value: Any) -> str:
    """A value in words; None: the default that the key has."""
    if value is None:
        value = defaults().get(key)
    if value in (None, [], {}, ""):
        return "nothing"
    if key == "out":
        return "; ".join(f"{name_of(each['url'])} ({', '.join(each['events'])})" for each in value)
    if isinstance(value, dict):
        return as_text(Kind.LINES, value).replace("\n", "; ")
    return as_text(Kind.LIST, value) if isinstance(value, list) else write_value(value)

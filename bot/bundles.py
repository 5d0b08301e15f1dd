"""What became of somebody's own campaigns since the last working day: one message a day, if there is something."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from bot.agreement import Agreement
from bot.blocks import Message, context, section
from bot.feedback import line_name
from bot.moments import said_day
from bot.text import count, plain

A_DAY: Final = timedelta(days=1)
MOST_LINES: Final = 10  # campaigns in one message
MOST_NOES: Final = 5  # rejections with their words
LONGEST_REST: Final = 14  # days without work that are looked back over
YES: Final = frozenset({"on", "yes"})
NO: Final = frozenset({"off", "no"})
OFF: Final = "`/truce campaigns off` ends this message."
SWITCHED: Final[Mapping[bool, str]] = {
    True: "Every working day you read what became of the campaigns that you own, if there is something.",
    False: "The daily message about your campaigns is off. `/truce campaigns on` brings it back.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What happened to the leads of one campaign or source in that time, whenever they were handed over."""

    line: str
    handed_over: int = 0
    accepted: int = 0
    contacted: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)  # by reason


@dataclass(frozen=True, slots=True, kw_only=True)
class No:
    """One rejection of that time, with the rep's words."""

    called: str
    reason: str
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """From the beginning of `begin` to that of `end`."""

    begin: date
    end: date
    rows: Sequence[Row]
    noes: Sequence[No] = ()  # the newest first
    noes_in_all: int = 0


def read_switch(words: str) -> bool | None:
    """On, off, or None where something else is said, or nothing."""
    said = words.strip(" .!").lower()
    return said in YES if said in YES | NO else None


def since(day: date, agreement: Agreement) -> date:
    """The last working day before this one."""
    before = (day - number * A_DAY for number in range(1, LONGEST_REST))
    return next((each for each in before if agreement.calendar.blocks(each)), day - A_DAY)


def bundle_note(bundle: Bundle, agreement: Agreement) -> Message | None:
    """None: nothing happened."""
    if not bundle.rows:
        return None
    last = bundle.end - A_DAY
    when = f"on {said_day(bundle.begin)}"
    if last > bundle.begin:
        when = f"from {said_day(bundle.begin)} to {said_day(last)}"
    title = f"Your campaigns {when}"
    lines = [_row(each, agreement) for each in bundle.rows[:MOST_LINES]]
    if len(bundle.rows) > MOST_LINES:
        lines.append(f"and {count(len(bundle.rows) - MOST_LINES, 'other')}")
    noes = [_no(each, agreement) for each in bundle.noes[:MOST_NOES]]
    if noes and bundle.noes_in_all > len(noes):
        noes.append(f"and {bundle.noes_in_all - len(noes):,} more")
    said = ["In their words:", *noes] if noes else []
    return Message(
        text=f"{title}. {' '.join(f'{each}.' for each in lines)} {'; '.join(noes)}".strip(),
        blocks=[
            section("\n".join([f"*{title}*", *(f"• {each}" for each in lines)])),
            *([section("\n".join(said))] if said else []),
            context(OFF),
        ],
    )


def _row(row: Row, agreement: Agreement) -> str:
    reasons = ", ".join(
        f"{plain(agreement.label(reason))} {number}"
        for reason, number in sorted(row.rejected.items(), key=lambda each: (-each[1], each[0]))
    )
    parts = [
        f"handed over {row.handed_over}" if row.handed_over else "",
        f"accepted {row.accepted}" if row.accepted else "",
        f"contacted {row.contacted}" if row.contacted else "",
        f"rejected {sum(row.rejected.values())} ({reasons})" if row.rejected else "",
    ]
    return f"{line_name(row.line)}: {', '.join(each for each in parts if each)}"


def _no(no: No, agreement: Agreement) -> str:
    words = f", “{plain(no.words, 150)}”" if no.words else ""
    return f"{plain(no.called, 80)}: {plain(agreement.label(no.reason))}{words}"

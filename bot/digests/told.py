"""What a digest says: the report of the week, then what is stuck now, with the buttons that mend it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from slack_sdk.models.blocks import Block

from bot import ids
from bot.agreement import Agreement
from bot.blocks import Message, actions, button, context, divider, modal, section
from bot.cards import headline
from bot.figures import FEW, Share
from bot.leads.lead import Lead, State
from bot.reports import Report, sections
from bot.text import count, day, plain
from bot.working_time import waited

MOST_NAMED: Final = 10  # leads with buttons: a message takes 50 blocks
MOST_LISTED: Final = 90  # of [All]: a modal takes 100
QUOTED: Final = 300  # characters of somebody's words
PASSED_OVER: Final = 20  # per cent: a rule that is acted on less is ignored
SETTING: Final = {
    "first_contact": "first_contact",
    "still_yours": "still_yours",
    "stalled_again": "stalled",
    "stalled_long": "stalled",
}


class Audience(StrEnum):
    MANAGER = "manager"
    MARKETER = "marketer"
    REP = "rep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A lead that is late: for an answer, or for the first contact of who has it."""

    lead: Lead
    seconds: int  # of the team's working time since its first offer


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """The full weeks before, eight at most: how many, and what was handed over and accepted in them."""

    weeks: int
    handed_over: int
    acceptance: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    id: str  # what its message is about
    audience: Audience
    report: Report
    usual: Usual | None = None
    late: Sequence[Waiting] = ()  # the longest waiting first
    late_in_all: int = 0
    stalled: Sequence[Lead] = ()
    stalled_in_all: int = 0
    quotes: Sequence[str] = ()  # what reps wrote of what they passed on
    reminders: dict[str, Share] | None = None  # by rung: sent, and acted on within a working hour

    @property
    def is_empty(self) -> bool:
        """Nothing of this reader's own: none is sent, but to managers."""
        report = self.report.figures
        return not (report.handed_over or report.decided or report.deals or self.late or self.stalled)


def digest_message(told: Digest, agreement: Agreement) -> Message:
    """One message; `text` says all of it, for who has it read aloud."""
    there = told.report.at.astimezone(agreement.calendar.zone)
    whose = f" · {', '.join(plain(each) for each in told.report.whose)}" if told.report.whose else ""
    title = f"{told.report.period}{whose}"
    stands = f"As it stands on {day(there)}, {there:%H:%M}; in brackets the week before."
    parts = [
        _with_usual(lines, told.usual) if not place else lines for place, lines in _parts(told, agreement)
    ]
    stuck = list(_stuck(told))
    aloud = [title, *(line for part in parts for line in part), *stuck, stands]
    blocks: list[Block] = [section(f"*{title}*"), *(section("\n".join(part)) for part in parts if part)]
    blocks += _late_blocks(told, stuck)
    blocks.append(context(stands))
    text = " ".join(line if line.endswith((".", ":", "”")) else f"{line}." for line in aloud)
    return Message(text=text.replace("*", "").replace("• ", ""), blocks=blocks)


def _parts(told: Digest, agreement: Agreement) -> Iterator[tuple[int, list[str]]]:
    yield from enumerate(sections(told.report, agreement))
    if told.quotes:
        yield 1, ["In their words:", *(f"“{plain(each, QUOTED)}”" for each in told.quotes)]
    if told.reminders:
        yield 1, list(_reminders(told.reminders))


def _with_usual(lines: list[str], usual: Usual | None) -> list[str]:
    if usual is None or not usual.weeks:
        return lines
    weeks = f"In the {usual.weeks} weeks before" if usual.weeks > 1 else "In the week before"
    since = (
        f"{weeks}: {usual.handed_over / usual.weeks:.1f} handed over a week, acceptance {usual.acceptance}"
    )
    return [*lines, since]


def _reminders(rungs: dict[str, Share]) -> Iterator[str]:
    sent = Share(
        part=sum(each.part for each in rungs.values()), whole=sum(each.whole for each in rungs.values())
    )
    yield f"Reminders sent {sent.whole:,}; acted on within a working hour: {sent}"
    for rung, share in sorted(rungs.items()):
        if share.whole >= FEW and share.percent < PASSED_OVER:
            key = SETTING.get(rung, rung)
            yield f"The rule `{rung}` is mostly passed over ({share}): `ladder`, `{key}` in app.yaml moves it"


def _stuck(told: Digest) -> Iterator[str]:
    mine = told.audience is Audience.REP
    if told.late_in_all:
        yield f"{count(told.late_in_all, 'lead')} {'of yours ' if mine else ''}late now, longest first:"
        yield from (_late_words(each) for each in told.late[:MOST_NAMED])
        rest = told.late_in_all - min(len(told.late), MOST_NAMED)
        if rest:
            yield f"and {count(rest, 'more lead')}"
    elif told.audience is Audience.MANAGER:
        yield "Nothing is late now"
    if told.stalled_in_all:
        names = ", ".join(headline(lead) for lead in told.stalled)
        rest = told.stalled_in_all - len(told.stalled)
        yield f"Stalled: {names}{f' and {rest:,} more' if rest else ''}"


def _late_words(each: Waiting) -> str:
    what = "for an answer" if each.lead.state is State.OFFERED else "for a first contact"
    return f"{headline(each.lead)}: {waited(each.seconds)} {what}"


def _late_blocks(told: Digest, stuck: list[str]) -> Iterator[Block]:
    """What is late, each with its one button; what is stalled as words."""
    if not stuck:
        return
    yield divider()
    named = {_late_words(each): each for each in told.late[:MOST_NAMED]}
    for line in stuck:
        late = named.pop(line, None)
        yield section(line, None if late is None else _mend(late.lead, told.audience))
    if told.late_in_all > MOST_NAMED:
        yield actions(
            button("All", ids.DIGEST_ALL, told.id, about="late leads"), block_id=f"digest.{told.id}"
        )


def _mend(lead: Lead, audience: Audience) -> Any:
    """The one button that helps: a manager gives it to somebody; a rep answers, or has been in touch."""
    about = lead.called
    if audience is Audience.MANAGER:
        return button("Give to...", ids.GIVE, lead.id, about=about)
    if audience is Audience.MARKETER:
        return None
    if lead.state is State.OFFERED:
        return button("Accept", ids.ACCEPT, lead.id, about=about)
    return button("Contacted", ids.CONTACTED, lead.id, about=about)


def all_late(late: Sequence[Waiting], in_all: int, now: datetime) -> dict[str, Any]:
    """The modal behind [All], as things stand now."""
    lines: list[Block] = [section(_late_words(each)) for each in late[:MOST_LISTED]]
    rest = in_all - len(lines)
    if rest > 0:
        lines.append(context(f"And {count(rest, 'more lead')}."))
    return modal(ids.DIGEST_LATE, "Late now", lines or [section(f"Nothing is late on {day(now)}.")])

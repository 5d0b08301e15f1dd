"""What a digest says: the report of the week, and what is stuck now, with the buttons that mend it."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

from slack_sdk.models.blocks import Block

from bot import ids
from bot.agreement import Agreement
from bot.blocks import Message, actions, button, context, divider, modal, section
from bot.cards import headline
from bot.digests.digest import MOST_NAMED, Audience, Digest, FirstDays, Usual, Waiting
from bot.leads.lead import Lead, State
from bot.reasons import REASONS
from bot.reports import by_version, mostly_passed_over, reminders_sent, sections
from bot.text import count, day, mention, plain
from bot.voices import themes_in_a_line
from bot.working_time import waited

MOST_LISTED: Final = 90  # of [All]: a modal takes 100
QUOTED: Final = 300  # characters of somebody's words
HALF: Final = MOST_NAMED // 2  # of what is named in one line
OFF: Final = "This message is yours to switch off: `/truce digest off`."


def digest_message(told: Digest, agreement: Agreement) -> Message:
    """One message; `text` says all of it, for who has it read aloud."""
    there = told.report.at.astimezone(agreement.calendar.zone)
    whose = f" · {', '.join(plain(each) for each in told.report.whose)}" if told.report.whose else ""
    title = f"{told.report.period}{whose}"
    stands = f"As it stands on {day(there)}, {there:%H:%M}; in brackets the week before."
    whole, times, rejections, *rest = sections(told.report, agreement)
    first = list(_first_days(told.first_days, told.report.at, agreement))
    before = [first, _with_usual(whole, told.usual), times, [*rejections, *_quotes(told)]]
    stuck = list(_stuck(told))
    after = [
        list(_looked_back(told)),
        list(_second_chances(told, agreement)),
        list(_heard(told)),
        list(_reminders(told)),
        *rest,
    ]
    small = [
        stands,
        *by_version(told.report, agreement),
        *([OFF] if told.audience is Audience.REP else []),
    ]
    aloud = [title, *_lines(before), *stuck, *_lines(after), *small]
    blocks = [
        section(f"*{title}*"),
        *_sections(before),
        *_switch(told),
        *_late_blocks(told, stuck),
        *([divider()] if stuck and any(after) else []),
        *_sections(after),
        context(" ".join(small)),
    ]
    text = " ".join(line if line.endswith((".", ":", "”")) else f"{line}." for line in aloud)
    return Message(text=text.replace("*", "").replace("• ", ""), blocks=blocks)


def _lines(parts: Sequence[Sequence[str]]) -> list[str]:
    return [line for part in parts for line in part]


def _sections(parts: Sequence[Sequence[str]]) -> list[Block]:
    return [section("\n".join(part)) for part in parts if part]


def _first_days(first: FirstDays | None, now: datetime, agreement: Agreement) -> Iterator[str]:
    """What managers would have been told in the first days, in which only reps are reminded."""
    if first is None:
        return
    if first.switched_on_by is not None:
        yield f"Reminders for managers are on: {mention(first.switched_on_by)} switched them on."
        return
    there = first.until.astimezone(agreement.calendar.zone)
    if first.until > now:
        yield f"Truce is new here: until {day(there)} only reps are reminded"
    else:
        yield "Only reps were reminded in the first days; from now on managers are, too"
    if first.in_all:
        names = _named([headline(lead) for lead in first.leads], first.in_all)
        yield f"Managers would have been told of {count(first.in_all, 'lead')}: {names}"


def _switch(told: Digest) -> Iterator[Block]:
    first = told.first_days
    if first is not None and first.switched_on_by is None and first.until > told.report.at:
        on = button("Switch on", ids.DIGEST_SWITCH_ON, told.id, about="reminders for managers")
        yield actions(on, block_id=f"first.{told.id}"[:255])


def _with_usual(lines: list[str], usual: Usual | None) -> list[str]:
    if usual is None or not usual.weeks:
        return lines
    weeks = f"In the {usual.weeks} weeks before" if usual.weeks > 1 else "In the week before"
    since = (
        f"{weeks}: {usual.handed_over / usual.weeks:.1f} handed over a week, acceptance {usual.acceptance}"
    )
    return [*lines, since]


def _quotes(told: Digest) -> list[str]:
    if not told.quotes:
        return []
    return ["In their words:", *(f"“{plain(each, QUOTED)}”" for each in told.quotes)]


def _heard(told: Digest) -> Iterator[str]:
    if told.heard:
        yield f"Customers spoke of {themes_in_a_line(told.heard)}"
        yield f"“{plain(told.heard[0].words, QUOTED)}”"


def _stuck(told: Digest) -> Iterator[str]:
    yours = "of yours " if told.audience is Audience.REP else ""
    if told.late_in_all:
        yield f"{count(told.late_in_all, 'lead')} {yours}late now, longest first:"
        yield from (_late_words(each) for each in told.late[:MOST_NAMED])
        rest = told.late_in_all - min(len(told.late), MOST_NAMED)
        if rest:
            yield f"And {count(rest, 'more lead')}"
    elif told.audience is Audience.MANAGER:
        yield "Nothing is late now"
    if told.stalled_in_all:
        yield f"Stalled: {_named([headline(lead) for lead in told.stalled], told.stalled_in_all)}"
    if told.deals_in_all and told.audience is Audience.REP:
        yield f"{count(told.deals_in_all, 'deal')} of yours without a next step:"
        yield from (plain(each.title, 80) for each in told.deals)
    elif told.deals_in_all:
        names = _named([plain(each.title, 80) for each in told.deals], told.deals_in_all)
        yield f"{count(told.deals_in_all, 'deal')} without a next step: {names}"


def _named(names: Sequence[str], in_all: int) -> str:
    rest = in_all - len(names)
    return f"{', '.join(names)}{f' and {rest:,} more' if rest > 0 else ''}"


def _looked_back(told: Digest) -> Iterator[str]:
    """Nobody is named beside a day that has passed, but who reads their own."""
    back = told.back
    if back.due:
        yield f"Retros of deals closed in this time: {back.done:,} of {back.due:,} done"
    if back.unchosen:
        retros = count(back.unchosen, "retro")
        yield f"{retros} ended without a change: nobody chose one within three working days"
    if back.overdue:
        said = [f"“{plain(each.what, 80)}”, due {day(_noon(each.due))}" for each in back.overdue[:HALF]]
        whose = "change of yours" if told.audience is Audience.REP else "change"
        many = "changes of yours" if told.audience is Audience.REP else "changes"
        number = count(len(back.overdue), whose, many)
        its = "its date" if len(back.overdue) == 1 else "their date"
        yield f"{number} past {its}: {_named(said, len(back.overdue))}"


def _noon(written: str) -> datetime:
    return datetime.combine(date.fromisoformat(written), datetime.min.time())


def _second_chances(told: Digest, agreement: Agreement) -> Iterator[str]:
    """Only a reason that counts against the lead was overturned: the others were right then."""
    if not told.second_chances:
        return
    said = []
    for each in told.second_chances[:HALF]:
        word = "overturned" if REASONS[each.reason].counts else "first"
        said.append(f"{plain(each.title, 80)} ({word}: {plain(agreement.label(each.reason))})")
    number = len(told.second_chances)
    yield f"{count(number, 'second chance')} won: {_named(said, number)}"


def _reminders(told: Digest) -> Iterator[str]:
    if told.report.reminders:
        yield reminders_sent(told.report.reminders, told.report.stopped)
        yield from mostly_passed_over(told.report.reminders)


def _late_words(each: Waiting) -> str:
    what = "for an answer" if each.lead.state is State.OFFERED else "for a first contact"
    return f"{headline(each.lead)}: {waited(each.waited)} {what}"


def _late_blocks(told: Digest, stuck: list[str]) -> Iterator[Block]:
    """What is late or has no next step, each with its one button; what is stalled as words."""
    if not stuck:
        return
    yield divider()
    mends: dict[str, list[Any]] = {}  # two leads may be told of in the same words
    for each in told.late[:MOST_NAMED]:
        mends.setdefault(_late_words(each), []).append(_mend(each.lead, told.audience))
    for deal in told.deals if told.audience is Audience.REP else ():
        if deal.lead is not None:
            step = button("Next step...", ids.NEXT_STEP, deal.lead.id, about=deal.title)
            mends.setdefault(plain(deal.title, 80), []).append(step)
    for line in stuck:
        its = mends.get(line)
        yield section(line, its.pop(0) if its else None)
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

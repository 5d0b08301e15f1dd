"""A report in words: each line names its figure as docs/figures.md does, with the period before beside it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Final

from bot.agreement import Agreement
from bot.attribution import UNKNOWN, Credited, Journey, Model, credited
from bot.blocks import Message, actions, context, section
from bot.feedback import line_name
from bot.figures import FEW, Figures, Share, Spread, Tally
from bot.leads.lead import Verdict
from bot.money import Money, listed
from bot.periods import Period
from bot.reports.noise import by_rule, mostly_passed_over, reminders_sent
from bot.text import count, day, plain
from bot.working_time import waited, words

MOST_LINES: Final = 10  # campaigns and sources that are named; the others are summed up
TOP: Final = 3  # reasons
MINUTE: Final = 60
TOO_MANY_OTHERS: Final = 15  # per cent of at least so many rejections (product.md section 4)
REJECTIONS_AT_LEAST: Final = 20
MODELS: Final = {
    "first": "first touch",
    "last": "last touch",
    "linear": "all touches alike",
    "u": "first and last touch (U)",
    "w": "first touch, handoff and deal (W)",
    "decay": "nearness to the close",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The figures of a period and of the one before it, as they stood `at` that moment. `whose`: the filters."""

    period: Period
    figures: Figures
    before: Figures
    at: datetime
    whose: tuple[str, ...] = ()
    won: tuple[Journey, ...] = ()  # the deals won in the period
    pipeline: tuple[Journey, ...] = ()  # those open now
    models: tuple[str, ...] = ()  # of attribution; none: those of the agreement
    reminders: Mapping[str, Share] = field(
        default_factory=dict
    )  # by rung: sent, and acted on within a working hour
    stopped: int = 0  # leads of which somebody wanted no more reminders
    frozen_at: datetime | None = None  # the figures are those of that moment ...
    since: Figures | None = None  # ... and this is what they have become
    rep: str | None = None
    versions: Mapping[int, datetime] = field(
        default_factory=dict
    )  # of the agreement, that held in the period, and since when each

    @property
    def is_of_one(self) -> bool:
        """One rep's: they see their leads elsewhere."""
        return self.rep is not None


def report_words(report: Report, agreement: Agreement) -> str:
    """All of it, to be read by the one who asked."""
    head, parts, stands = _told(report, agreement)
    return "\n".join([head, *(line for part in parts for line in part), stands])


def report_message(report: Report, agreement: Agreement, buttons: Sequence[Any]) -> Message:
    """The same as a message, with what can be done with it."""
    head, parts, stands = _told(report, agreement)
    blocks = [section(head), *(section("\n".join(part)) for part in parts if part), context(stands)]
    more = [actions(*buttons, block_id="report")] if buttons else []
    return Message(text=report_words(report, agreement), blocks=[*blocks, *more])


def _told(report: Report, agreement: Agreement) -> tuple[str, list[list[str]], str]:
    there = report.at.astimezone(agreement.calendar.zone)
    whose = f" · {', '.join(plain(each) for each in report.whose)}" if report.whose else ""
    head = f"*{report.period}*{whose}"
    parts = [*sections(report, agreement), list(_noise(report)), list(changes(report, agreement))]
    stands = f"As it stands on {day(there)}, {there:%H:%M}."
    if report.frozen_at is not None:
        stands = f"Frozen on {day(report.frozen_at.astimezone(agreement.calendar.zone))}."
    small = [stands, f"In brackets: {report.period.before()}.", *by_version(report, agreement)]
    return head, parts, " ".join(small)


def by_version(report: Report, agreement: Agreement) -> Iterator[str]:
    """By what was agreed on when its leads were decided."""
    zone = agreement.calendar.zone
    told = [(number, day(at.astimezone(zone))) for number, at in report.versions.items()]
    changed = ", ".join(f"version {number} on {on}" for number, on in told[1:])
    if changed:
        yield f"The agreement changed in it: {changed}; each lead counts by what held when it was decided."
    elif told:
        number, on = told[0]
        yield f"By version {number} of the agreement, of {on}."


def _noise(report: Report) -> Iterator[str]:
    if report.reminders:
        yield reminders_sent(report.reminders, report.stopped)
        yield from by_rule(report.reminders)
        yield from mostly_passed_over(report.reminders)


def changes(report: Report, agreement: Agreement) -> Iterator[str]:
    """What has become of a frozen period's figures since."""
    then, now = report.figures, report.since
    if now is None or report.frozen_at is None:
        return
    counts = (
        ("handed over", then.handed_over, now.handed_over),
        ("accepted", then.accepted, now.accepted),
        ("rejected", then.rejected, now.rejected),
        ("waiting", then.waiting, now.waiting),
        ("left out", then.left_out, now.left_out),
        ("contacted", then.contacted, now.contacted),
        ("never contacted", then.never_contacted, now.never_contacted),
        ("deals won", then.win_rate.part, now.win_rate.part),
        ("deals closed", then.win_rate.whole, now.win_rate.whole),
    )
    said = [f"{name} {before:,} → {after:,}" for name, before, after in counts if before != after]
    if (then.quality.part, then.quality.whole) != (now.quality.part, now.quality.whole):
        said.append(f"lead quality {then.quality} → {now.quality}")
    if said:
        since = day(report.frozen_at.astimezone(agreement.calendar.zone))
        yield f"Changes since {since}: {', '.join(said)}"


def sections(report: Report, agreement: Agreement) -> Iterator[list[str]]:
    """The parts of a report, each some lines; what there is nothing to tell of is left out."""
    now, before = report.figures, report.before
    models = report.models or agreement.settings.digest.attribution
    yield [
        handed_over(now, before),
        f"Acceptance: {now.acceptance} ({before.acceptance})",
        f"Decisions made in this time: accepted {made(now, Verdict.ACCEPTED):,}, rejected {made(now, Verdict.REJECTED):,}",
    ]
    yield [*_times(now, before, agreement), *_keeping(now, before)]
    yield [*_rejections(now, agreement), f"Lead quality: {now.quality} ({before.quality})"]
    if now.tallies:
        yield list(_by_line(now, agreement))
    if now.deals or before.deals:
        money = f", {listed(now.revenue)}" if now.revenue else ""
        closed = f"Deals closed: won {now.win_rate}{money} ({before.win_rate})"
        yield [closed, *_owed("Won", report.won, models), *_owed("Open now", report.pipeline, models)]
    elif report.pipeline:
        yield list(_owed("Open now", report.pipeline, models))


def _owed(name: str, deals: Sequence[Journey], models: Sequence[str]) -> Iterator[str]:
    """To which campaigns, or sources, deals are owed, by each of these models."""
    for model in models if deals else ():
        rows = list(credited(Model(model), deals, lambda each: each.line).items())
        said = [f"{_line_said(line)} {_deals_said(row)}" for line, row in rows[:TOP]]
        rest = sum((row.deals for _, row in rows[TOP:]), Fraction())
        others = [f"others {parts_said(rest)}"] if rest else []
        yield f"{name} by {MODELS[model]}: {', '.join([*said, *others])}"


def _line_said(line: str) -> str:
    return UNKNOWN if line == UNKNOWN else line_name(line)


def _deals_said(row: Credited) -> str:
    money = [Money(currency=currency, amount=round(amount, -4)) for currency, amount in row.money.items()]
    return f"{parts_said(row.deals)}{f' ({listed(money)})' if money else ''}"


def parts_said(deals: Fraction) -> str:
    """Deals in parts of them, to the tenth where they are not whole."""
    return f"{int(deals):,}" if deals.denominator == 1 else f"{float(round(deals, 1)):,.1f}"


def handed_over(now: Figures, before: Figures) -> str:
    """One set of leads: the sum says so."""
    parts = f"accepted {now.accepted:,} + rejected {now.rejected:,} + waiting {now.waiting:,}"
    left = f" + left out {now.left_out:,}" if now.left_out else ""
    return f"Handed over *{now.handed_over:,}* ({before.handed_over:,}) = {parts}{left}"


def made(figures: Figures, verdict: Verdict) -> int:
    return figures.decided.get(verdict, 0)


def _times(now: Figures, before: Figures, agreement: Agreement) -> Iterator[str]:
    for name, spread, then in (
        ("Time to decision", now.to_decision, before.to_decision),
        ("Time to first contact", now.to_contact, before.to_contact),
    ):
        if spread is not None:
            compared = f" (middle before: {lasted(then.middle, agreement)})" if then else ""
            yield f"{name}: {spread_words(spread, agreement)}{compared}"
    if now.system is not None:
        slow = now.system.ninetieth if now.system.number >= FEW else now.system.slowest
        yield f"System time, Truce's own: middle {_seconds(now.system.middle)}, up to {_seconds(slow)}"


def _keeping(now: Figures, before: Figures) -> Iterator[str]:
    for hot, name in ((True, "hot"), (False, "standard")):
        share = now.within_the_clock(hot=hot)
        if share.whole:
            yield f"Within the clock, {name}: {share} ({before.within_the_clock(hot=hot)})"
    if now.accepted:
        yield f"Followed up in time: {now.followed_up} ({before.followed_up})"
    if now.never_contacted:
        yield f"Never contacted: {now.never_contacted:,}"


def _rejections(figures: Figures, agreement: Agreement) -> Iterator[str]:
    for after, name in ((False, "before"), (True, "after")):
        reasons = figures.reasons(after_contact=after)
        if reasons:
            yield f"Rejected {name} first contact: {_top(reasons, agreement, len(reasons))}"
    if figures.rejected >= REJECTIONS_AT_LEAST and figures.others.percent > TOO_MANY_OTHERS:
        yield f"“{plain(agreement.label('other'))}” is {figures.others} rejections: the list of reasons needs work."


def _top(reasons: Mapping[str, int], agreement: Agreement, most: int = TOP) -> str:
    ordered = sorted(reasons.items(), key=lambda each: (-each[1], each[0]))
    return ", ".join(f"{plain(agreement.label(code))} {number:,}" for code, number in ordered[:most])


def _by_line(figures: Figures, agreement: Agreement) -> Iterator[str]:
    """Each campaign, or source where there is none, with what became of its leads."""
    lines, quality = figures.lines(), figures.quality_by(lambda each: each.line)
    for line, tallies in list(lines.items())[:MOST_LINES]:
        reasons = figures.reasons(line)
        why = f" ({_top(reasons, agreement)})" if reasons else ""
        good = f", quality {quality[line]}" if quality[line].whole else ""
        yield (
            f"• {line_name(line)}: {handed(tallies):,} handed over, {handed(tallies, Verdict.ACCEPTED):,} accepted,"
            f" {contacted(tallies):,} contacted, {handed(tallies, Verdict.REJECTED):,} rejected{why}{good}"
        )
    rest = list(lines.values())[MOST_LINES:]
    if rest:
        names = count(len(rest), "other campaign or source", "other campaigns and sources")
        yield f"• {names}: {sum(map(handed, rest)):,} handed over"


def handed(tallies: Sequence[Tally], verdict: Verdict | None = None) -> int:
    return sum(each.number for each in tallies if verdict in (None, each.verdict))


def contacted(tallies: Sequence[Tally]) -> int:
    return sum(each.number for each in tallies if each.contacted)


def spread_words(spread: Spread, agreement: Agreement) -> str:
    """Of few the fastest, middle and slowest; of many the middle and what nine of ten stayed within."""

    def said(seconds: int) -> str:
        return lasted(seconds, agreement)

    if spread.number < FEW:
        told = f"fastest {said(spread.fastest)}, middle {said(spread.middle)}, slowest {said(spread.slowest)}"
    else:
        told = f"middle {said(spread.middle)}, nine of ten within {said(spread.ninetieth)}"
    if not spread.waiting:
        return f"{told}, of {spread.number:,}"
    return f"{told}, of {spread.number:,}; {spread.waiting:,} still waiting, longest {said(spread.longest)}"


def lasted(seconds: int, agreement: Agreement) -> str:
    """Working time, to the minute; from four hours on to the hour, and from two days on to the day."""
    if seconds < MINUTE:
        return "under a minute"
    hours, minutes = divmod(seconds // MINUTE, 60)
    if hours and minutes and hours < 4:  # noqa: PLR2004 - as in working_time.words
        return f"{count(hours, 'hour')} {minutes} min"
    return waited(agreement.lasted(seconds)).replace("working ", "")


def _seconds(milliseconds: int) -> str:
    if milliseconds < MINUTE * 1000:
        return f"{milliseconds / 1000:.1f} s"
    return words(timedelta(milliseconds=milliseconds))

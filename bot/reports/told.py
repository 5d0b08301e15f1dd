"""A report in words: each line names its figure as docs/figures.md does, with the period before beside it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Final

from bot.agreement import Agreement
from bot.attribution import UNKNOWN, Credited, Journey, Model, credited
from bot.feedback import line_name
from bot.figures import FEW, Figures, Share, Spread, Tally
from bot.leads.lead import Verdict
from bot.money import Money, listed
from bot.periods import Period
from bot.text import count, day, plain
from bot.working_time import Span, words

MOST_LINES: Final = 10  # campaigns and sources that are named; the others are summed up
TOP: Final = 3  # reasons
MINUTE: Final = 60
HOUR: Final = 3600
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


def report_words(report: Report, agreement: Agreement) -> str:
    """All of it, to be read by the one who asked."""
    there = report.at.astimezone(agreement.calendar.zone)
    whose = f" · {', '.join(plain(each) for each in report.whose)}" if report.whose else ""
    head = f"*{report.period}*{whose}"
    stands = f"As it stands on {day(there)}, {there:%H:%M}. In brackets: {report.period.before()}."
    return "\n".join([head, *(line for part in sections(report, agreement) for line in part), stands])


def sections(report: Report, agreement: Agreement) -> Iterator[list[str]]:
    """The parts of a report, each some lines; what there is nothing to tell of is left out."""
    now, before = report.figures, report.before
    yield [
        handed_over(now, before),
        f"Acceptance: {now.acceptance} ({before.acceptance})",
        f"Decisions made in this time: accepted {_made(now, Verdict.ACCEPTED):,}, rejected {_made(now, Verdict.REJECTED):,}",
    ]
    yield [*_times(now, before), *_keeping(now, before)]
    yield [*_rejections(now, agreement), f"Lead quality: {now.quality} ({before.quality})"]
    if now.tallies:
        yield list(_by_line(now, agreement))
    if now.deals or before.deals:
        money = f", {listed(now.revenue)}" if now.revenue else ""
        closed = f"Deals closed: won {now.win_rate}{money} ({before.win_rate})"
        yield [closed, *_owed("Won", report.won, agreement), *_owed("Open now", report.pipeline, agreement)]
    elif report.pipeline:
        yield list(_owed("Open now", report.pipeline, agreement))


def _owed(name: str, deals: Sequence[Journey], agreement: Agreement) -> Iterator[str]:
    """To which campaigns, or sources, deals are owed, by each model of the agreement."""
    for model in agreement.settings.digest.attribution if deals else ():
        rows = list(credited(Model(model), deals, lambda each: each.line).items())
        said = [f"{_line_said(line)} {_deals_said(row)}" for line, row in rows[:TOP]]
        rest = sum((row.deals for _, row in rows[TOP:]), Fraction())
        others = [f"others {_parts_said(rest)}"] if rest else []
        yield f"{name} by {MODELS[model]}: {', '.join([*said, *others])}"


def _line_said(line: str) -> str:
    return UNKNOWN if line == UNKNOWN else line_name(line)


def _deals_said(row: Credited) -> str:
    money = [Money(currency=currency, amount=round(amount, -4)) for currency, amount in row.money.items()]
    return f"{_parts_said(row.deals)}{f' ({listed(money)})' if money else ''}"


def _parts_said(deals: Fraction) -> str:
    """Deals in parts of them, to the tenth where they are not whole."""
    return f"{int(deals):,}" if deals.denominator == 1 else f"{float(round(deals, 1)):,.1f}"


def handed_over(now: Figures, before: Figures) -> str:
    """One set of leads: the sum says so."""
    parts = f"accepted {now.accepted:,} + rejected {now.rejected:,} + waiting {now.waiting:,}"
    left = f" + left out {now.left_out:,}" if now.left_out else ""
    return f"Handed over *{now.handed_over:,}* ({before.handed_over:,}) = {parts}{left}"


def _made(figures: Figures, verdict: Verdict) -> int:
    return figures.decided.get(verdict, 0)


def _times(now: Figures, before: Figures) -> Iterator[str]:
    for name, spread, then in (
        ("Time to decision", now.to_decision, before.to_decision),
        ("Time to first contact", now.to_contact, before.to_contact),
    ):
        if spread is not None:
            compared = f" (middle before: {lasted(then.middle)})" if then else ""
            yield f"{name}: {spread_words(spread)}{compared}"
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
            f"• {line_name(line)}: {_sum(tallies):,} handed over, {_sum(tallies, Verdict.ACCEPTED):,} accepted,"
            f" {_contacted(tallies):,} contacted, {_sum(tallies, Verdict.REJECTED):,} rejected{why}{good}"
        )
    rest = list(lines.values())[MOST_LINES:]
    if rest:
        names = count(len(rest), "other campaign or source", "other campaigns and sources")
        yield f"• {names}: {sum(map(_sum, rest)):,} handed over"


def _sum(tallies: Sequence[Tally], verdict: Verdict | None = None) -> int:
    return sum(each.number for each in tallies if verdict in (None, each.verdict))


def _contacted(tallies: Sequence[Tally]) -> int:
    return sum(each.number for each in tallies if each.contacted)


def spread_words(spread: Spread) -> str:
    """Of few the fastest, middle and slowest; of many the middle and what nine of ten stayed within."""
    if spread.number < FEW:
        said = f"fastest {lasted(spread.fastest)}, middle {lasted(spread.middle)}, slowest {lasted(spread.slowest)}"
    else:
        said = f"middle {lasted(spread.middle)}, nine of ten within {lasted(spread.ninetieth)}"
    if not spread.waiting:
        return f"{said}, of {spread.number:,}"
    return f"{said}, of {spread.number:,}; {spread.waiting:,} still waiting, longest {lasted(spread.longest)}"


def lasted(seconds: int) -> str:
    """Working time, to the minute; from four hours on to the hour."""
    if seconds < MINUTE:
        return "under a minute"
    hours, minutes = divmod(seconds // MINUTE, 60)
    if hours and minutes and hours < 4:  # noqa: PLR2004 - as in working_time.words
        return f"{count(hours, 'hour')} {minutes} min"
    return words(Span(seconds=hours * HOUR if hours else minutes * MINUTE)).replace("working ", "")


def _seconds(milliseconds: int) -> str:
    if milliseconds < MINUTE * 1000:
        return f"{milliseconds / 1000:.1f} s"
    return words(timedelta(milliseconds=milliseconds))


def as_json(report: Report) -> dict[str, Any]:
    """The same for other tools: counts whole, times in seconds, money in units of its currency as text."""
    return {
        "period": {"from": report.period.first.isoformat(), "to": (report.period.end).isoformat()},
        "at": report.at.isoformat(),
        "filters": list(report.whose),
        "figures": _figures_json(report.figures),
        "before": _figures_json(report.before),
        "attribution": {
            name: {model.value: _owed_json(model, deals) for model in Model}
            for name, deals in (("won", report.won), ("pipeline", report.pipeline))
        },
    }


def _owed_json(model: Model, deals: Sequence[Journey]) -> dict[str, Any]:
    """Deals as exact fractions, "1/3"; money in units of its currency as text."""
    keys = {"lines": lambda each: each.line, "sources": lambda each: each.source}
    return {
        name: {
            of: {
                "deals": str(row.deals),
                "money": {
                    currency: Money(currency=currency, amount=amount).plain()
                    for currency, amount in sorted(row.money.items())
                },
            }
            for of, row in credited(model, deals, key).items()
        }
        for name, key in keys.items()
    }


def _figures_json(figures: Figures) -> dict[str, Any]:
    return {
        "handed_over": figures.handed_over,
        "accepted": figures.accepted,
        "rejected": figures.rejected,
        "waiting": figures.waiting,
        "left_out": figures.left_out,
        "acceptance": _share(figures.acceptance),
        "decisions_made": {verdict.value: _made(figures, verdict) for verdict in Verdict},
        "lead_quality": _share(figures.quality),
        "lead_quality_by_source": {
            name: _share(share) for name, share in figures.quality_by(lambda each: each.source).items()
        },
        "time_to_decision": _spread(figures.to_decision, 1),
        "time_to_first_contact": _spread(figures.to_contact, 1),
        "system_time": _spread(figures.system, 1000),
        "within_the_clock": {
            name: _share(figures.within_the_clock(hot=hot))
            for name, hot in (("hot", True), ("standard", False))
        },
        "followed_up": _share(figures.followed_up),
        "never_contacted": figures.never_contacted,
        "contacted": figures.contacted,
        "rejections": dict(sorted(figures.reasons().items())),
        "win_rate": _share(figures.win_rate),
        "revenue": [{"currency": each.currency, "amount": each.plain()} for each in figures.revenue],
        "lines": [_line_json(figures, line, tallies) for line, tallies in figures.lines().items()],
    }


def _line_json(figures: Figures, line: str, tallies: Sequence[Tally]) -> dict[str, Any]:
    kind, _, name = line.partition(":")
    return {
        kind: name,
        "handed_over": _sum(tallies),
        "accepted": _sum(tallies, Verdict.ACCEPTED),
        "contacted": _contacted(tallies),
        "rejections": {
            when: dict(sorted(figures.reasons(line, after_contact=after).items()))
            for when, after in (("before_first_contact", False), ("after_first_contact", True))
        },
        "waiting": sum(each.number for each in tallies if each.waits),
        "lead_quality": _share(figures.quality_by(lambda each: each.line)[line]),
    }


def _share(share: Share) -> dict[str, int]:
    return {"part": share.part, "whole": share.whole}


def _spread(spread: Spread | None, unit: int) -> dict[str, float] | None:
    """In seconds; `unit` of what was measured make one."""
    if spread is None:
        return None
    times = ("fastest", "middle", "ninetieth", "slowest", "longest")
    told = {name: getattr(spread, name) / unit if unit > 1 else getattr(spread, name) for name in times}
    return {"number": spread.number, "waiting": spread.waiting, **told}

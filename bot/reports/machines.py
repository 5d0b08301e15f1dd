"""A report for other tools: counts whole, times in seconds, money in units of its currency as text."""

from collections.abc import Sequence
from typing import Any

from bot.attribution import Journey, Model, credited
from bot.figures import Figures, Share, Spread, Tally
from bot.leads.lead import Verdict
from bot.money import Money
from bot.reports.told import Report, contacted, handed, made


def as_json(report: Report) -> dict[str, Any]:
    """The same for other tools: counts whole, times in seconds, money in units of its currency as text."""
    return {
        "period": {"from": report.period.first.isoformat(), "to": (report.period.end).isoformat()},
        "at": report.at.isoformat(),
        "filters": list(report.whose),
        "frozen_at": None if report.frozen_at is None else report.frozen_at.isoformat(),
        "figures": _figures_json(report.figures),
        "since": None if report.since is None else _figures_json(report.since),
        "before": _figures_json(report.before),
        "reminders": {rung: _share(share) for rung, share in sorted(report.reminders.items())},
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
        "decisions_made": {verdict.value: made(figures, verdict) for verdict in Verdict},
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
        "handed_over": handed(tallies),
        "accepted": handed(tallies, Verdict.ACCEPTED),
        "contacted": contacted(tallies),
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

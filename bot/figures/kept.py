"""Figures as plain values for a JSON column, and back: how those of an old period are frozen."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.figures.counted import Closed, Figures, Tally
from bot.figures.measures import Spread
from bot.leads.lead import Verdict


def write(figures: Figures) -> dict[str, Any]:
    return {
        "tallies": [asdict(each) for each in figures.tallies],
        "decided": {verdict.value: number for verdict, number in figures.decided.items()},
        "never_contacted": figures.never_contacted,
        "deals": [asdict(each) for each in figures.deals],
        **{name: _spread(getattr(figures, name)) for name in ("to_decision", "to_contact", "system")},
    }


def read(kept: Mapping[str, Any]) -> Figures:
    """What `write` wrote, whatever was added to figures since: what is not there has its default."""
    spreads = {name: kept[name] and Spread(**kept[name]) for name in ("to_decision", "to_contact", "system")}
    return Figures(
        tallies=tuple(_tally(each) for each in kept["tallies"]),
        decided={Verdict(verdict): number for verdict, number in kept["decided"].items()},
        never_contacted=kept["never_contacted"],
        deals=tuple(Closed(**each) for each in kept["deals"]),
        **spreads,
    )


def _tally(kept: Mapping[str, Any]) -> Tally:
    verdict = kept["verdict"]
    return Tally(**{**kept, "verdict": None if verdict is None else Verdict(verdict)})


def _spread(spread: Spread | None) -> dict[str, int] | None:
    return None if spread is None else asdict(spread)

"""The handoffs of a period as they stand now, counted in groups, and every figure that is made of those counts.

All figures of a report are of one set: the handoffs whose first offer lies in the period. What was decided *in*
the period, and the deals closed in it, stand apart under names of their own.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.figures.measures import Share, Spread
from bot.leads.lead import Verdict
from bot.money import Money
from bot.reasons import REASONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """From `begin` up to `end`; what is left out (None, no teams) leaves nothing out."""

    begin: datetime
    end: datetime
    teams: tuple[str, ...] = ()
    campaign: str | None = None
    source: str | None = None
    rep: str | None = None  # a Slack user id: who decided, or is asked alone
    segment: str | None = None  # an industry or a country, in lower case
    apart: tuple[str, ...] = ()  # lines that are left out: the campaigns of other marketers


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """So many handoffs that are alike in all that the figures look at."""

    number: int
    line: str  # campaign:Autumn webinar, or source:demo_request
    source: str
    hot: bool
    verdict: Verdict | None = None
    waits: bool = False  # for an answer, now
    reason: str | None = None  # of the rejection that stands
    disputed: bool = False  # marketing asks for a second look at it
    contacted: bool = False
    contacted_before: bool = False  # before the decision that stands
    in_time: bool = False  # first contact came within the agreed time
    late: bool = False  # the first offer's breach had passed when it was decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """Deals of one state and currency that closed in the period; `amount` in ten-thousandths."""

    won: bool
    number: int
    currency: str | None = None
    amount: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Every figure has its definition in docs/figures.md; here is its arithmetic."""

    tallies: tuple[Tally, ...] = ()
    decided: Mapping[Verdict, int]  # decisions made in the period, by what they are now
    to_decision: Spread | None = None  # seconds of the team's working time
    to_contact: Spread | None = None  # the same
    system: Spread | None = None  # milliseconds
    never_contacted: int = 0
    deals: tuple[Closed, ...] = ()

    @property
    def handed_over(self) -> int:
        return self._count(lambda _: True)

    @property
    def accepted(self) -> int:
        return self._count(lambda each: each.verdict is Verdict.ACCEPTED)

    @property
    def rejected(self) -> int:
        return self._count(lambda each: each.verdict is Verdict.REJECTED)

    @property
    def waiting(self) -> int:
        return self._count(lambda each: each.waits)

    @property
    def left_out(self) -> int:
        """Nobody decided, and nobody is asked any more: so handed over is the sum of the four."""
        return self._count(lambda each: each.verdict is None and not each.waits)

    @property
    def acceptance(self) -> Share:
        return Share(part=self.accepted, whole=self.accepted + self.rejected)

    @property
    def quality(self) -> Share:
        return _quality(self.tallies)

    def quality_by(self, key: Callable[[Tally], str]) -> dict[str, Share]:
        """Of each campaign, or source, in order of their names."""
        groups: dict[str, list[Tally]] = {}
        for each in self.tallies:
            groups.setdefault(key(each), []).append(each)
        return {name: _quality(groups[name]) for name in sorted(groups)}

    def within_the_clock(self, *, hot: bool) -> Share:
        decided = [each for each in self.tallies if each.hot is hot and each.verdict is not None]
        in_time = sum(each.number for each in decided if not each.late)
        return Share(part=in_time, whole=sum(each.number for each in decided))

    @property
    def followed_up(self) -> Share:
        in_time = self._count(lambda each: each.verdict is Verdict.ACCEPTED and each.in_time)
        return Share(part=in_time, whole=self.accepted)

    @property
    def contacted(self) -> int:
        return self._count(lambda each: each.contacted)

    @property
    def win_rate(self) -> Share:
        won = sum(each.number for each in self.deals if each.won)
        return Share(part=won, whole=sum(each.number for each in self.deals))

    @property
    def revenue(self) -> tuple[Money, ...]:
        """Of the deals that were won, each currency for itself."""
        sums: Counter[str] = Counter()
        for each in self.deals:
            if each.won and each.currency:
                sums[each.currency] += each.amount
        return tuple(Money(currency=currency, amount=sums[currency]) for currency in sorted(sums))

    def reasons(self, line: str | None = None, *, after_contact: bool | None = None) -> Counter[str]:
        """Rejections by reason: of one campaign or source or of all, before or after first contact or both."""
        found: Counter[str] = Counter()
        for each in self.tallies:
            if each.verdict is not Verdict.REJECTED or each.reason is None:
                continue
            if line in (None, each.line) and after_contact in (None, each.contacted_before):
                found[each.reason] += each.number
        return found

    @property
    def others(self) -> Share:
        """Rejections whose reason is none of the list's."""
        return Share(part=self.reasons()["other"], whole=self.rejected)

    def lines(self) -> dict[str, tuple[Tally, ...]]:
        """By campaign, or source where there is none: those with most handoffs first."""
        groups: dict[str, list[Tally]] = {}
        for each in self.tallies:
            groups.setdefault(each.line, []).append(each)
        ordered = sorted(groups, key=lambda line: (-sum(each.number for each in groups[line]), line))
        return {line: tuple(groups[line]) for line in ordered}

    def _count(self, fits: Callable[[Tally], bool]) -> int:
        return sum(each.number for each in self.tallies if fits(each))


def _quality(tallies: "list[Tally] | tuple[Tally, ...]") -> Share:
    """Of decided handoffs those not rejected for a reason that counts; duplicates and open second looks left out."""
    good = bad = 0
    for each in tallies:
        if each.verdict is None or each.disputed:
            continue
        counts = REASONS[each.reason].counts if each.verdict is Verdict.REJECTED and each.reason else False
        if counts:
            bad += each.number
        elif counts is False:
            good += each.number
    return Share(part=good, whole=good + bad)

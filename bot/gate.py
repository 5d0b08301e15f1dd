"""When is a lead really a lead: the gate, the score, and the reasons that the card shows. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor
from typing import Final

from bot.agreement import Agreement
from bot.arrivals import Touch, Value
from bot.conditions import fits
from bot.leads.lead import Lead

MOST_REASONS: Final = 3
FULL_MARKS: Final = 100
WORTH_SAYING: Final = 0.5  # fewer points are none when rounded
BY_HAND: Final = "by_hand"  # the source of a lead that a person made
EMPLOYEES: Final = "company.employees"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Points and where they come from, the biggest first; `whose` is a feed, or the agreement."""

    points: float
    reasons: tuple[str, ...]
    whose: str


def asks_for_us(source: str, agreement: Agreement) -> bool:
    """Whether coming from this source means that the person asked to hear from us."""
    return source in agreement.leads.hot.sources


def asks(touch: Touch, agreement: Agreement, now: datetime) -> bool:
    """Whether by this touch the person asks to hear from us: lately, not in a history that is told late."""
    lately = now - touch.at <= agreement.leads.flood.older_than
    return touch.by is None and lately and asks_for_us(touch.kind, agreement)


def asked(lead: Lead, touches: Sequence[Touch], agreement: Agreement, now: datetime) -> str:
    """By what the person asked to hear from us: where they come from, or lately a touch; empty if they did not."""
    if asks_for_us(lead.source, agreement):
        return lead.source
    asking = [touch for touch in touches if asks(touch, agreement, now)]
    return max(asking, key=lambda touch: touch.at).kind if asking else ""


def failing(lead: Lead, touches: Sequence[Touch], agreement: Agreement, now: datetime) -> tuple[str, ...]:
    """The rules that keep the lead with marketing, each in words; empty: it is ready for sales."""
    terms = agreement.leads
    words = [f"no {_called(rule)}" for rule in terms.require if not _has(lead, rule)]
    words += disqualified(lead, agreement)
    if lead.source == BY_HAND or asked(lead, touches, agreement, now):
        return tuple(words)
    points = score(lead, touches, agreement, now).points
    if points < terms.score.threshold:
        words.append(f"score {floor(points)} is under {terms.score.threshold}")
    return tuple(words)


def disqualified(lead: Lead, agreement: Agreement) -> tuple[str, ...]:
    """What the agreement excludes and this lead has: whole values, never parts of words."""
    domains, titles, countries = agreement.leads.disqualify.whole_values
    domain = lead.text("contact.email").rpartition("@")[2]
    found = (
        ("e-mail domain", domain, domains),
        ("title", lead.text("contact.title"), titles),
        ("country", lead.text("company.country"), countries),
    )
    return tuple(
        f"{what} {value} is excluded" for what, value, values in found if value and value.casefold() in values
    )


def hot(lead: Lead, touches: Sequence[Touch], agreement: Agreement, now: datetime) -> bool:
    """The person asked for us; a score makes somebody hot only where the agreement says so."""
    if asked(lead, touches, agreement, now):
        return True
    least = agreement.leads.hot.score
    return least is not None and score(lead, touches, agreement, now).points >= least


def score(lead: Lead, touches: Sequence[Touch], agreement: Agreement, now: datetime) -> Score:
    """The feed's own score where the agreement says what full marks are there, else ours."""
    scale = agreement.score_scale(lead.feed)
    given = lead.fields.get("score")
    if scale is not None and isinstance(given, int | float) and not isinstance(given, bool):
        points = given / scale * FULL_MARKS
        return Score(points=points, reasons=(f"score {points:.0f} of {FULL_MARKS}",), whose=lead.feed)
    parts = [*_fact_points(lead.fields, agreement), *_touch_points(touches, agreement, now)]
    biggest = sorted(parts, key=lambda part: -part[0])[:MOST_REASONS]
    return Score(
        points=sum(points for points, _ in parts),
        reasons=tuple(f"{words} ({points:+.0f})" for points, words in biggest if points >= WORTH_SAYING),
        whose="agreement",
    )


def why(lead: Lead, touches: Sequence[Touch], agreement: Agreement, now: datetime) -> tuple[str, ...]:
    """Up to three reasons to call this lead ready, the strongest first."""
    asking = asked(lead, touches, agreement, now)
    reasons = [f"Asked for us: {spoken(asking)}"] if asking else []
    reasons += score(lead, touches, agreement, now).reasons
    if lead.source == BY_HAND:
        reasons.append("Handed over by a colleague")
    reasons += _plain_facts(lead, asking)
    return tuple(dict.fromkeys(reasons))[:MOST_REASONS]


def spoken(code: str) -> str:
    """A code as words: demo_request -> demo request."""
    return code.replace("_", " ").strip()


def _plain_facts(lead: Lead, asking: str) -> Iterable[str]:
    """What is left to say of the lead; `asking` is said already."""
    reachable = [
        word for word, path in (("phone", "contact.phone"), ("e-mail", "contact.email")) if lead.text(path)
    ]
    if lead.source and lead.source not in (BY_HAND, asking):
        yield f"Came by {spoken(lead.source)}"
    if reachable:
        yield f"Can be reached by {' and '.join(reachable)}"


def _has(lead: Lead, rule: str) -> bool:
    if rule == "reachable":
        return bool(lead.text("contact.email") or lead.text("contact.phone"))
    return any(value not in (None, "") for path, value in lead.fields.items() if _within(path, rule))


def _within(path: str, rule: str) -> bool:
    return path == rule or path.startswith(f"{rule}.")


def _called(rule: str) -> str:
    return "e-mail or phone" if rule == "reachable" else rule.replace(".", " ")


def _fact_points(fields: Mapping[str, Value], agreement: Agreement) -> Iterable[tuple[float, str]]:
    for path, table in agreement.leads.score.facts.items():
        value = fields.get(path)
        if value is None:
            continue
        for wanted, points in table.items():
            if fits(value, str(wanted)):
                said = f"{value:,}" if path == EMPLOYEES and isinstance(value, int) else value
                yield points, f"{spoken(path.rpartition('.')[2]).capitalize()}: {said}"


def _touch_points(
    touches: Sequence[Touch], agreement: Agreement, now: datetime
) -> Iterable[tuple[float, str]]:
    """What the person did, by kind: each touch is worth half after every half-life."""
    terms = agreement.leads.score
    found: dict[str, list[float]] = {}
    for touch in touches:
        points = terms.touches.get(touch.kind)
        if points is not None and touch.by is None:
            age = max(now - touch.at, timedelta())
            decay = 0.5 ** (age / terms.half_life) if terms.half_life else 1.0
            found.setdefault(touch.kind, []).append(points * decay)
    for kind, points_of in found.items():
        times = f", {len(points_of)} times" if len(points_of) > 1 else ""
        yield sum(points_of), f"{spoken(kind).capitalize()}{times}"

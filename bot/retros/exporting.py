"""Retros for other tools: a row of a table, or an object. As little is said of who wrote what as in the thread."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from bot.deals import DealState
from bot.retros.looks import RetroSight
from bot.retros.questions import QUESTIONS, Question, in_words
from bot.retros.story import Side
from bot.text import one_line

_FORMULA: Final = ("=", "+", "-", "@")  # what a spreadsheet would carry out
_ALL: Final = {each.code: each for end in (DealState.WON, DealState.LOST) for each in QUESTIONS[end]}
COLUMNS: Final = (
    *("deal", "feed", "name", "company", "outcome", "amount", "currency", "opened", "closed"),
    *("days", "marketing_days", "waiting_days", "sales_days", "campaigns", "segment", "reason", "competitor"),
    *("asked", "answered", *(f"said_{code}" for code in _ALL)),
    *("replies", "change", "change_by", "change_due", "change_became"),
)


def as_row(seen: RetroSight) -> Mapping[str, str]:
    """One line of a table: several answers to a question stand beside each other, without names."""
    told = as_object(seen)
    answers = [answer["said"] for answer in told.pop("answers")]
    change, replies = told.pop("change") or {}, told.pop("replies")
    said = {f"said_{code}": " | ".join(each[code] for each in answers if code in each) for code in _ALL}
    row = {
        **{name: ", ".join(value) if isinstance(value, list) else value for name, value in told.items()},
        **said,
        "replies": " | ".join(replies),
        "change": change.get("what"),
        "change_by": change.get("who"),
        "change_due": change.get("due"),
        "change_became": change.get("became"),
    }
    return {name: _cell(row.get(name)) for name in COLUMNS}


def as_object(seen: RetroSight) -> dict[str, Any]:
    """All of it, by name. `by` of an answer is null where it has no name."""
    retro, deal, story = seen.retro, seen.deal, seen.story
    action, money = retro.action, deal.money
    return {
        "deal": deal.external_id,
        "feed": deal.feed,
        "name": deal.name,
        "company": seen.company or None,
        "outcome": str(retro.outcome),
        "amount": None if money is None else money.plain(),
        "currency": None if money is None else money.currency,
        "opened": _day(deal.opened_at),
        "closed": _day(deal.closed_at),
        "days": story.total,
        **{f"{side.name.lower()}_days": story.days.get(side, 0) for side in Side},
        "campaigns": list(seen.campaigns),
        "segment": list(seen.segment),
        "reason": deal.fields.get("reason"),
        "competitor": deal.fields.get("competitor"),
        "asked": len(retro.seats),
        "answered": sum(seat.answered for seat in retro.seats),
        "answers": [
            {"by": seen.who(answer.by) if answer.by else None, "said": dict(_said(seen, answer.said))}
            for answer in retro.answers
            if answer.shown
        ],
        "replies": [reply.words for reply in seen.replies],
        "change": None
        if action is None
        else {
            "what": action.what,
            "who": seen.who(action.who),
            "due": action.due.isoformat(),
            "became": "done" if action.done else "dropped" if action.dropped_because else "open",
            "dropped_because": action.dropped_because,
        },
    }


def _said(seen: RetroSight, said: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    questions: tuple[Question, ...] = QUESTIONS[seen.retro.outcome]
    return ((each.code, words) for each in questions if (words := in_words(each, said)))


def _day(moment: Any) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%d}"


def _cell(value: Any) -> str:
    """One line, and nothing that a spreadsheet takes for a formula."""
    told = "" if value is None else one_line(str(value))
    return f"'{told}" if told.startswith(_FORMULA) else told

"""The generic feed (JSON): bytes from a webhook become arrivals.

Whatever the bytes are, `read` answers or raises Unintelligible; anything else it raises is a bug.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

from bot.arrivals import DealArrival, LeadArrival, Problem, Senseless, Touch, TouchArrival
from bot.errors import Unintelligible
from bot.intake import forms
from bot.intake.forms import DEAL, LEAD, LISTS, TOUCH, Form
from bot.intake.values import LONGEST_NAME, TooLarge, clean

MOST: Final = 100  # items of one delivery
DEEPEST: Final = 32  # levels of nesting; the parser's own limit depends on the stack below it
SECTIONS: Final = ("contact", "company", "facts")

Item = LeadArrival | TouchArrival | DealArrival | Senseless


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What came, in order. `array`: each item gets an answer of its own; else there is exactly one."""

    items: tuple[Item, ...]
    array: bool


def read(body: bytes, feed: str) -> Delivery:
    """Read what was posted to `feed`; raise Unintelligible where it is not JSON."""
    value = _parse(body)
    if not isinstance(value, list):
        return Delivery(items=(_item(value, feed),), array=False)
    if len(value) > MOST:
        words = f"An array may have at most {MOST} items, this one has {len(value):,}."
        return Delivery(items=(_nonsense("", words, value),), array=False)
    return Delivery(items=tuple(_item(item, feed) for item in value), array=True)


def _parse(body: bytes) -> Any:
    try:
        value = json.loads(
            body.decode("utf-8-sig"), parse_int=_whole, parse_float=_fraction, parse_constant=_constant
        )
    except (ValueError, RecursionError):
        raise Unintelligible("This is not JSON.") from None
    if _is_deep(value):
        raise Unintelligible(f"This JSON is nested deeper than {DEEPEST} levels.")
    return value


def _whole(digits: str) -> int | TooLarge:
    # Looked at before int(), which raises on thousands of digits.
    fits = len(digits) <= len(str(-(2**63))) and -(2**63) <= int(digits) < 2**63
    return int(digits) if fits else TooLarge(digits)


def _fraction(digits: str) -> float | TooLarge:
    return float(digits) if isfinite(float(digits)) else TooLarge(digits)


def _constant(word: str) -> None:
    raise ValueError(word)  # NaN and Infinity, which Python reads and JSON has not


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [child for parent in level for child in _children(parent)]
    return bool(level)


def _children(value: Any) -> list[Any]:
    match value:
        case dict():
            return list(value.values())
        case list():
            return value
        case _:
            return []


def _item(value: Any, feed: str) -> Item:
    match value:
        case {"deal": told}:
            return _deal(told, value, feed)
        case {"touch": told}:
            return _touch(told, value, feed)
        case dict():
            return _lead(value, feed)
        case _:
            return _nonsense("", "This should be an object: a lead, a touch or a deal.", value)


def _deal(told: Any, whole: dict[str, Any], feed: str) -> DealArrival | Senseless:
    if not isinstance(told, dict):
        return _nonsense("deal", "This should be an object with id and stage.", whole)
    if len(whole) > 1:
        return _nonsense("deal", "A deal comes alone, in an object of its own.", whole)
    return forms.deal(_deal_form(told, "deal"), feed=feed, raw=whole, where="deal")


def _touch(told: Any, whole: dict[str, Any], feed: str) -> TouchArrival | Senseless:
    if not isinstance(told, dict):
        return _nonsense("touch", "This should be an object with lead, kind and at.", whole)
    if len(whole) > 1:
        return _nonsense("touch", "A touch comes alone, in an object of its own.", whole)
    return forms.touch_of_a_lead(_touch_form(told, "touch"), feed=feed, raw=whole, where="touch")


def _lead(told: dict[str, Any], feed: str) -> LeadArrival | Senseless:
    form = Form(LEAD)
    for key, raw in told.items():
        if key in SECTIONS:
            _fill_section(form, key, raw)
        elif key != "touches":
            _fill(form, "", key, raw)
    touches = tuple(_touches(form, told.get("touches")))
    return forms.lead(form, feed=feed, raw=told, touches=touches)


def _fill_section(form: Form, section: str, raw: Any, where: str = "") -> None:
    if isinstance(raw, dict):
        for key, value in raw.items():
            _fill(form, f"{section}.", key, value, where)
    elif raw is not None:  # an absent section erases nothing
        form.complain(f"{where}{section}", "This should be an object.")


def _fill(form: Form, prefix: str, key: str, raw: Any, where: str = "") -> None:
    """Fill in a field, or keep what we do not know as a fact of that name. `where` is the place of the whole."""
    written = prefix + (clean(key)[:LONGEST_NAME] or "unnamed")
    path = written if written in form.readers or prefix == "facts." else f"facts.{written}"
    form.fill(path, raw, f"{where}{written}")


def _touches(form: Form, raw: Any) -> Iterator[Touch]:
    if raw is None:
        return
    if not isinstance(raw, list):
        form.complain("touches", "This should be a list of touches.")
        return
    for index, told in enumerate(raw):
        yield from _one_touch(form, told, f"touches.{index}")


def _one_touch(form: Form, told: Any, where: str) -> Iterator[Touch]:
    if not isinstance(told, dict):
        form.complain(where, "This should be an object with kind and at.")
        return
    mine = _touch_form(told, where)
    read = forms.touch(mine, where=where)
    form.problems.extend(mine.problems)
    if read is not None:
        yield read


def _touch_form(told: dict[str, Any], where: str) -> Form:
    """Fill in a touch. It has no facts: what else it says is left out."""
    form = Form(TOUCH)
    for path in TOUCH.keys() & told.keys():
        form.fill(path, told[path], f"{where}.{path}")
    return form


def _deal_form(told: dict[str, Any], where: str) -> Form:
    form = Form(DEAL)
    for key, raw in told.items():
        if key == "facts":
            _fill_section(form, key, raw, f"{where}.")
        elif key in LISTS:
            forms.listed(form, key, raw, f"{where}.{key}")
        else:
            _fill(form, "", key, raw, f"{where}.")
    return form


def _nonsense(path: str, words: str, raw: Any) -> Senseless:
    return forms.senseless(Problem(path=path, words=words), raw=raw)

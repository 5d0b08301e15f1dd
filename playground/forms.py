"""Fields as Slack's client keeps them: found by what is to be read, filled, checked before they are sent."""

import re
from collections.abc import Iterator
from typing import Any

from playground.checks import all_options
from playground.errors import Invalid, NotOnScreen
from playground.store import INTERACTIVE, STATE_KEYS, Store, initial_value, initial_values
from playground.things import Json, Message, View, elements_in, labels

Place = Message | View
PRESSED = frozenset({"button", "overflow", "workflow_button", "feedback_buttons", "icon_button"})
FIELDS = INTERACTIVE - PRESSED


def values_of(store: Store, place: Place, person: str) -> dict[str, Json]:
    """Give what the person has typed and chosen there, to be read and changed."""
    if isinstance(place, View):
        return place.values
    key = (place.ts, person)
    return store.drafts.setdefault(key, initial_values(place.blocks))


def find_button(place: Place, what: str, nth: int = 0) -> tuple[Json, Json, Json | None]:
    """Find what can be pressed by its words or action_id: the block, the element and the menu's option."""
    found: list[tuple[Json, Json, Json | None]] = []
    for block, element in elements_in(place.blocks):
        exact = f"{block['block_id']}/{element['action_id']}"
        if element["type"] == "overflow":
            options = element["options"]
            found += [
                (block, element, one)
                for one in options
                if same(one["text"]["text"], what) or what == f"{exact}/{one['value']}"
            ]
        elif element["type"] in PRESSED and what in {element["action_id"], exact, *_words(element)}:
            found.append((block, element, None))
    if nth < len(found):
        return found[nth]
    raise NotOnScreen(f"nothing says {what!r} here; to be pressed are {labels(place.blocks)}")


def _words(element: Json) -> Iterator[str]:
    for part in (element.get("text"), *(element.get(f"{one}_button", {}).get("text") for one in FEEDBACK)):
        if part:
            yield part["text"]
            yield plain(part["text"])


FEEDBACK = ("positive", "negative")


def plain(words: str) -> str:
    """Give the words without emoji codes, as a tester would say them."""
    return re.sub(r"\s+", " ", re.sub(r":[a-z0-9_+-]+:", "", words)).strip()


def same(words: str, what: str) -> bool:
    return what in {words, plain(words)}


def find_field(place: Place, what: str) -> tuple[Json, Json]:
    """Find a field by its label, placeholder, section text, block_id or action_id."""
    seen = []
    for block, element in elements_in(place.blocks):
        if element["type"] not in FIELDS:
            continue
        names = [
            element["action_id"],
            block["block_id"],
            f"{block['block_id']}/{element['action_id']}",
            *(
                part["text"]
                for part in (block.get("label"), block.get("text"), element.get("placeholder"))
                if part
            ),
        ]
        if any(same(name, what) for name in names):
            return block, element
        seen.append(names[3] if len(names) > 3 else names[0])  # noqa: PLR2004 - the ids come first
    raise NotOnScreen(f"no field is called {what!r} here; there are {seen}")


def fires(block: Json) -> bool:
    """Say whether a change in this block is told to the app at once."""
    return block["type"] != "input" or bool(block.get("dispatch_action"))


def set_value(values: dict[str, Json], block: Json, element: Json, value: Any) -> Json:
    """Put a value into a field, in the form that payloads have it; gives the field's new state."""
    kind = str(element["type"])
    key = STATE_KEYS.get(kind, ("value", ""))[0]
    state: Json = {**(initial_value(element) or {"type": kind}), key: value}
    values.setdefault(block["block_id"], {})[element["action_id"]] = state
    return state


def pick(element: Json, wanted: str, offered: list[Json]) -> Json:
    """Find an option by its words or value among those offered."""
    for option in offered:
        if wanted in {option["value"], option["text"]["text"], plain(option["text"]["text"])}:
            return option
    shown = [option["text"]["text"] for option in offered]
    raise NotOnScreen(f"{element['action_id']} does not offer {wanted!r}, only {shown}")


def check(view: View) -> None:
    """Refuse to submit as Slack's client does: nothing goes to the app; raises Invalid."""
    wrong = {}
    for block in view.blocks:
        if block["type"] == "input":
            element = block["element"]
            state = view.values.get(block["block_id"], {}).get(element["action_id"], {})
            if words := _complaint(block, element, state):
                wrong[block["block_id"]] = words
    if wrong:
        raise Invalid(wrong)


def _complaint(block: Json, element: Json, state: Json) -> str:
    value = state.get(STATE_KEYS.get(element["type"], ("value", ""))[0])
    if value in (None, "", []):
        return "" if block.get("optional") else "Please complete this required field."
    most = element.get("max_selected_items")
    match element["type"]:
        case "plain_text_input":
            return _length(element, value)
        case "number_input":
            return _number(element, value)
        case kind if kind in PATTERNS and not re.fullmatch(PATTERNS[kind][0], value):
            return PATTERNS[kind][1]
        case _:
            return f"Please select at most {most} items." if most and len(value) > most else ""


def check_file(element: Json, name: str, content: bytes) -> None:
    """Refuse a file that Slack's client would not take into this field."""
    kinds = element.get("filetypes")
    if kinds and name.rpartition(".")[2].lower() not in {one.lower().removeprefix(".") for one in kinds}:
        raise NotOnScreen(f"{name} is not one of: {', '.join(kinds)}")
    if len(content) > FILE_BYTES:
        raise NotOnScreen(f"{name} is larger than 10 MB")


FILE_BYTES = 10 * 1024**2
PATTERNS = {
    "email_text_input": (r"[^@\s]+@[^@\s]+\.[^@\s]+", "Please enter a valid email address."),
    "url_text_input": (r"https?://\S+", "Please enter a valid URL."),
}


def _length(element: Json, value: str) -> str:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < least:
        return f"Please enter at least {least} characters."
    return f"Please enter at most {most} characters." if len(value) > most else ""


def _number(element: Json, value: str) -> str:
    decimals = r"(\.\d+)?" if element["is_decimal_allowed"] else ""
    if not re.fullmatch(rf"-?\d+{decimals}", value):
        return "Please enter a valid number."
    if element.get("min_value") and float(value) < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if element.get("max_value") and float(value) > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return ""


def options_of(element: Json) -> list[Json]:
    return all_options(element)

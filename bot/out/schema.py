"""What other systems are told, for who reads it: JSON Schema 2020-12, and the webhooks of OpenAPI 3.1."""

from collections.abc import Mapping
from typing import Any, Final

from bot.deals import CLOSED
from bot.intake.schema import DIALECT
from bot.leads.lead import State, Verdict
from bot.out.telling import Kind, SecondLook
from bot.reasons import REASONS
from bot.retros.retro import RetroState

Json = dict[str, Any]
_TEXT: Final[Json] = {"type": ["string", "null"]}
_MOMENT: Final[Json] = {"type": "string", "format": "date-time"}
_MAYBE: Final[Json] = {"type": ["string", "null"], "format": "date-time"}
_SOMEBODY: Final[Json] = {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/person"}]}
_REASON: Final[Json] = {"enum": [None, *REASONS]}

# The fields of each kind of event, beside those that all have.
FIELDS: Final[Mapping[Kind, Mapping[str, tuple[Json, str]]]] = {
    Kind.DECISION: {
        "verdict": (
            {"enum": [None, *Verdict]},
            "accepted or rejected; null: taken back, the lead is open again",
        ),
        "status": ({"enum": [*State]}, "the lead's state by that"),
        "owner": (_SOMEBODY, "who has the lead now"),
        "reason": (_REASON, "why it was rejected"),
    },
    Kind.OWNER: {
        "owner": (_SOMEBODY, "who has the lead now; null: nobody"),
        "before": (_SOMEBODY, "who had it"),
    },
    Kind.CONTACT: {
        "contact": ({"type": "string"}, "what it was: call, message, meeting, no_answer ..."),
        "reached": ({"type": "boolean"}, "false of an attempt without an answer"),
        "at": (_MOMENT, "when"),
    },
    Kind.NEXT_STEP: {"at": (_MAYBE, "when the owner's next step is; null: none is planned")},
    Kind.REJECTION: {
        "rejection": ({"type": "string"}, "its id: the same one is told again when something becomes of it"),
        "reason": ({"enum": [*REASONS]}, "the code of the reason"),
        "answer": (_TEXT, "the answer to the reason's own question"),
        "words": (_TEXT, "what marketing should know, in the rep's words"),
        "until": (_MAYBE, "not before this moment again"),
        "record": (_TEXT, "of a duplicate: the id here of the lead that it is"),
        "taken_back": ({"type": "boolean"}, "whether it was taken back"),
        "second_look": ({"enum": [None, *SecondLook]}, "what became of marketing's wish to look again"),
    },
    Kind.RETRO: {
        "state": (
            {"enum": [str(each) for each in RetroState if each is not RetroState.WAITING]},
            "how far it is",
        ),
        "outcome": ({"enum": [*CLOSED]}, "what became of the deal"),
        "action": (
            {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/action"}]},
            "the change that was chosen; who answered what is never told",
        ),
    },
}
ALL: Final[Mapping[str, tuple[Json, str]]] = {
    "by": (_SOMEBODY, "who did it; null: nobody of us is known to have"),
    "origin": (
        {"type": "string"},
        "where it was done: slack, truce (by the clock), or the name of the feed that told Truce",
    ),
}
_SUBJECTS: Final[Json] = {
    "lead": {"$ref": "#/$defs/lead"},
    "deal": {
        "type": "object",
        "required": ["feed", "id"],
        "properties": {"feed": {"type": "string"}, "id": {"type": "string"}},
    },
    "leads": {"type": "array", "items": {"$ref": "#/$defs/lead"}},
}
_DEFS: Final[Json] = {
    "person": {
        "type": "object",
        "description": "Somebody of us: by their address, those that `people` lists as aliases, and in Slack.",
        "required": ["email", "aliases", "slack"],
        "properties": {
            "email": _TEXT,
            "aliases": {"type": "array", "items": {"type": "string"}},
            "slack": _TEXT,
        },
    },
    "lead": {
        "type": "object",
        "description": "The lead's id in Truce, and its ids in the feeds that told of it.",
        "required": ["id", "known_as"],
        "properties": {
            "id": {"type": "string"},
            "known_as": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["feed", "id"],
                    "properties": {"feed": {"type": "string"}, "id": {"type": "string"}},
                },
            },
        },
    },
    "action": {
        "type": "object",
        "required": ["what", "who", "due", "done", "dropped_because"],
        "properties": {
            "what": {"type": "string"},
            "who": {"$ref": "#/$defs/person"},
            "due": {"type": "string", "format": "date"},
            "done": {"type": "boolean"},
            "dropped_because": _TEXT,
        },
    },
}


def out_schema() -> Json:
    """What is posted to an address of `out`."""
    return {
        "$schema": DIALECT,
        "title": "What Truce tells other systems",
        "oneOf": [{"$ref": f"#/$defs/{kind}"} for kind in Kind],
        "$defs": {**{kind.value: _event(kind) for kind in Kind}, **_DEFS},
    }


def in_words() -> str:
    """The fields, as tables of Markdown."""
    parts = [_table("every event", ALL), *(_table(f"`{kind}`", FIELDS[kind]) for kind in Kind)]
    return "\n\n".join(parts)


def _event(kind: Kind) -> Json:
    about = ("deal", "leads") if kind is Kind.RETRO else ("lead",)
    fields = {name: {**form, "description": words} for name, (form, words) in {**ALL, **FIELDS[kind]}.items()}
    return {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"const": kind.value},
            "timestamp": _MOMENT,
            "data": {
                "type": "object",
                "required": [*about, *fields],
                "properties": {**{name: _SUBJECTS[name] for name in about}, **fields},
            },
        },
    }


def _table(of: str, fields: Mapping[str, tuple[Json, str]]) -> str:
    rows = [f"| `{name}` | {words} |" for name, (_, words) in fields.items()]
    return "\n".join([f"| {of} | |", "|---|---|", *rows])

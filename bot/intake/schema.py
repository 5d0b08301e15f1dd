"""The generic feed for who sends to it, made from the tables by which it is read: JSON Schema 2020-12 and OpenAPI 3.1.

What a pattern cannot say (an e-mail, a country) is a `format`: our reader of that name has the last word.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from bot import money
from bot.intake import forms, values
from bot.intake.forms import DEAL, LEAD, LISTS, LONGEST_LIST, REACHED_BY, TOUCH
from bot.intake.generic import MOST, SECTIONS
from bot.intake.values import (
    LARGEST,
    LONGEST,
    LONGEST_NAME,
    MOST_EMPLOYEES,
    SMALLEST,
)
from bot.reasons import REASONS

Json = dict[str, Any]
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Final[Json] = {"type": "string", "maxLength": LONGEST}
_NAME: Final[Json] = {"type": "string", "maxLength": LONGEST_NAME}
_WHOLE: Final[Json] = {"type": "integer", "minimum": SMALLEST, "maximum": LARGEST}
_NUMBER: Final[Json] = {"type": "number", "minimum": SMALLEST, "maximum": LARGEST}
_IDENTITY: Final[Json] = {"anyOf": [_NAME, _WHOLE]}

# What each reader of bot/intake/values.py takes, by its name here.
KINDS: Final[Mapping[Callable[[Any], Any], tuple[str, Json]]] = {
    values.text: ("text", _TEXT),
    values.name: ("name", _NAME),
    values.identity: ("identity", _IDENTITY),
    values.id_or_email: ("id_or_email", _IDENTITY),
    values.email: ("email", {**_NAME, "format": "email"}),
    values.country: ("country", {**_TEXT, "format": "country"}),
    values.domain: ("domain", {**_NAME, "format": "domain"}),
    values.link: ("link", {**_TEXT, "format": "uri"}),
    values.number: ("number", _NUMBER),
    values.employees: (
        "employees",
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": MOST_EMPLOYEES},
                {"type": "string", "format": "whole-number"},
            ]
        },
    ),
    values.stage: ("stage", _NAME),
    values.amount: (
        "amount",
        {
            "description": "A decimal, as text or number: exactly that is kept, with four decimals at most.",
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": money.MOST},
                {"type": "string", "format": "amount"},
            ],
        },
    ),
    values.currency: ("currency", {**_TEXT, "format": "currency"}),
    values.moment: ("moment", {"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]}),
    values.fact: ("fact", {"anyOf": [{"type": ["boolean", "array", "object"]}, _NUMBER, _TEXT]}),
    forms.status: ("status", {"enum": [str(each) for each in forms.STATUSES]}),
    forms.reason: ("reason", {"enum": [*REASONS]}),
}
WORDS: Final[Mapping[str, str]] = {
    "id": "The lead's id at your side; the same id is the same lead. Needed, unless there is a contact.email.",
    "source": "Why you know them: demo_request, webinar ... A source under leads.hot.sources asked for us.",
    "campaign": "Where marketing counts it.",
    "occurred_at": "When it happened. Facts yield only to later ones.",
    "score": "Your own score; it counts where feeds.NAME.score_scale says what full marks are.",
    "url": "A link to the lead at your side, for its owner.",
    "contact.name": "The person's name.",
    "contact.email": "One e-mail address.",
    "contact.title": "What they are at their company.",
    "contact.phone": "A phone number as people write it.",
    "company.name": "The company's name.",
    "company.domain": "Its domain; a whole web address will do.",
    "company.industry": "What it does.",
    "company.employees": "How many people work there.",
    "company.country": "A country's code of two letters, or its name in English.",
    "owner": "The e-mail of who has it at your side.",
    "status": "A decision made at your side.",
    "reason": "Why it was rejected; with the status rejected only.",
    "touch.lead": "The lead's id at your side, or its e-mail.",
    "touch.kind": "What it was: webinar, call, form ...",
    "touch.at": "When it was.",
    "touch.campaign": "The campaign it belongs to.",
    "touch.detail": "A line about it.",
    "touch.by": "The e-mail of one of us: then it is a contact of ours.",
    "deal.id": "The deal's id at your side; the same id is the same deal.",
    "deal.name": "What it is called.",
    "deal.stage": "won, lost, or the name of an open stage.",
    "deal.amount": "How much it is worth, together with its currency.",
    "deal.currency": "The amount's currency, a code of ISO 4217.",
    "deal.occurred_at": "When this was so. Facts yield only to later ones.",
    "deal.opened_at": "When it was opened.",
    "deal.closed_at": "When it was won or lost.",
    "deal.owner": "The e-mail of who has it.",
    "deal.reason": "Why it was won or lost.",
    "deal.competitor": "Who else was in it.",
    "deal.url": "A link to the deal at your side.",
    "deal.leads": "The leads it grew from: ids at your side, e-mails, or a company's domain.",
    "deal.people": "The e-mails of those of us who worked on it.",
}
_NOTHING: Final[Json] = {
    "description": "null erases what was known; a blank text says nothing.",
    "anyOf": [{"type": "null"}, {"type": "string", "pattern": r"^[\s\u0000-\u001f]*$"}],
}
_DELIVERY: Final = (
    "One lead, touch or deal, or up to 100. Texts are trimmed before they are measured, and the case of codes does not"
    " matter."
)


def json_schema(feed: str) -> Json:
    """What may be posted to a feed."""
    schemas = _schemas("#/$defs/")
    return {
        "$schema": DIALECT,
        "title": f"What POST /intake/{feed} takes",
        **schemas.pop("delivery"),
        "$defs": schemas,
    }


def openapi(version: str) -> Json:
    """Every address of the intake."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Truce: the intake", "version": version},
        "paths": {
            "/intake/{feed}": {"parameters": [_FEED], "post": _POST},
            "/intake/{feed}/schema": {"parameters": [_FEED], "get": _GET_SCHEMA},
            "/healthz": {
                "get": {"summary": "Whether Truce is there.", "responses": {"200": _said("It is.")}}
            },
        },
        "components": {
            "schemas": {**_schemas("#/components/schemas/"), "answer": _ANSWER, "answers": _ANSWERS},
            "securitySchemes": _PROOFS,
        },
    }


def _schemas(at: str) -> dict[str, Json]:
    """All that is named, with references that begin with `at`."""
    item = {
        "if": {"type": "object", "required": ["touch"]},
        "then": {"$ref": f"{at}touch_alone"},
        "else": {"$ref": f"{at}lead"},
    }
    item = {
        "if": {"type": "object", "required": ["deal"]},
        "then": {"$ref": f"{at}deal_alone"},
        "else": item,
    }
    return {
        "delivery": {
            "description": _DELIVERY,
            "if": {"type": "array"},
            "then": {"maxItems": MOST, "items": item},
            "else": item,
        },
        "lead": _lead(at),
        "touch_alone": {
            "type": "object",
            "description": "A touch of a lead that is known already.",
            "properties": {"touch": _touch(at, ("lead", "kind", "at"))},
            "additionalProperties": False,
        },
        "touch": _touch(at, ("kind", "at")),
        "deal_alone": {
            "type": "object",
            "description": "A deal, with the leads it grew from or without.",
            "properties": {"deal": _deal(at)},
            "additionalProperties": False,
        },
        "nothing": _NOTHING,
        **dict(KINDS.values()),
    }


def _lead(at: str) -> Json:
    fact = _may_be_nothing(values.fact, at)
    sections = {
        name: {
            "type": ["object", "null"],
            "properties": _fields(LEAD, at, within=f"{name}."),
            "additionalProperties": fact,
        }
        for name in SECTIONS
    }
    touches = {"type": ["array", "null"], "items": {"$ref": f"{at}touch"}}
    reached = [_said_at(path.split("."), at) for path in sorted(REACHED_BY)]
    reached += [_said_at([path], at) for path in sorted(REACHED_BY) if "." in path]
    return {
        "type": "object",
        "description": "A lead. What is not named here is kept as a fact of that name.",
        "properties": {**_fields(LEAD, at), **sections, "touches": touches},
        "additionalProperties": fact,
        "anyOf": reached,
        "if": _said_at(["reason"], at),
        "then": {"properties": {"status": {"const": "rejected"}}, "required": ["status"]},
    }


def _touch(at: str, needed: Iterable[str]) -> Json:
    needs = {"allOf": [_said_at([name], at) for name in needed]}
    return {"type": "object", "properties": _fields(TOUCH, at, words="touch."), **needs}


def _deal(at: str) -> Json:
    fact = _may_be_nothing(values.fact, at)
    lists = {
        name: {
            "type": ["array", "null"],
            "maxItems": LONGEST_LIST,
            "items": {"$ref": f"{at}{KINDS[reader][0]}", "not": {"$ref": f"{at}nothing"}},
            "description": WORDS[f"deal.{name}"],
        }
        for name, reader in LISTS.items()
    }
    facts = {"type": ["object", "null"], "additionalProperties": fact}
    together = [_said_at([name], at) for name in ("amount", "currency")]
    return {
        "type": "object",
        "properties": {**_fields(DEAL, at, words="deal."), **lists, "facts": facts},
        "additionalProperties": fact,
        "allOf": [_said_at(["id"], at), _said_at(["stage"], at)],
        "anyOf": [{"allOf": together}, {"not": {"anyOf": together}}],
    }


def _fields(readers: Mapping[str, Any], at: str, *, within: str = "", words: str = "") -> Json:
    """The fields of a table; a path with a dot may be written flat as well, or inside its section."""
    return {
        path.removeprefix(within): {**_may_be_nothing(reader, at), "description": WORDS[f"{words}{path}"]}
        for path, reader in readers.items()
        if path.startswith(within)
    }


def _may_be_nothing(reader: Callable[[Any], Any], at: str) -> Json:
    return {"anyOf": [{"$ref": f"{at}{KINDS[reader][0]}"}, {"$ref": f"{at}nothing"}]}


def _said_at(path: list[str], at: str) -> Json:
    """Something is said there: neither null nor blank."""
    name, *deeper = path
    inside = _said_at(deeper, at) if deeper else {"not": {"$ref": f"{at}nothing"}}
    return {"type": "object", "properties": {name: inside}, "required": [name]}


def _said(words: str, schema: str = "") -> Json:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": words, **({"content": content} if schema else {})}


def _header(name: str, words: str) -> Json:
    return {"name": name, "in": "header", "description": words, "schema": {"type": "string"}}


_FEED: Final[Json] = {
    "name": "feed",
    "in": "path",
    "required": True,
    "description": "A name under `feeds` in app.yaml.",
    "schema": {"type": "string", "pattern": "^[a-z0-9_]+$"},
}
_PROOFS: Final[Json] = {
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "Standard Webhooks: v1,<base64 of HMAC-SHA256 over `id.timestamp.body`>.",
    },
    "bearer": {"type": "http", "scheme": "bearer", "description": "For a feed with `auth: bearer`."},
}
_ANSWER: Final[Json] = {
    "type": "object",
    "required": ["code", "status"],
    "properties": {
        "code": {"type": "integer"},
        "status": {"enum": ["new", "changed", "unchanged", "refused"]},
        "words": {"type": "string", "description": "Why nothing was taken."},
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["path", "words"],
                "properties": {"path": {"type": "string"}, "words": {"type": "string"}},
            },
        },
    },
}
_ANSWERS: Final[Json] = {
    "anyOf": [
        {"$ref": "#/components/schemas/answer"},
        {
            "type": "object",
            "required": ["items"],
            "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/answer"}}},
        },
    ]
}
_POST: Final[Json] = {
    "summary": "Send leads, touches and deals.",
    "security": [{"signature": []}, {"bearer": []}],
    "parameters": [
        _header("webhook-id", "The same id again changes nothing. Needed with a signature."),
        _header("webhook-timestamp", "Unix seconds, within five minutes. Needed with a signature."),
    ],
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/delivery"}}},
    },
    "responses": {
        "202": _said("Kept.", "answers"),
        "207": _said(
            "An array of which some make no sense: each has its own code, the good ones are kept.", "answers"
        ),
        "400": _said("Not JSON.", "answer"),
        "401": _said("The signature or the token does not fit, or the timestamp is old.", "answer"),
        "404": _said("There is no such feed.", "answer"),
        "413": _said("More than 1 MiB.", "answer"),
        "422": _said(
            "Well formed, but it makes no sense; every problem is told, and it is kept aside.", "answer"
        ),
    },
}
_GET_SCHEMA: Final[Json] = {
    "summary": "What the feed takes, as JSON Schema.",
    "responses": {
        "200": {"description": "The schema.", "content": {"application/schema+json": {}}},
        "404": _said("There is no such feed.", "answer"),
    },
}

"""The form "Not this one?": what it asks, and what was answered. Closing it changes nothing."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from slack_sdk.models.blocks import (
    Block,
    DatePickerElement,
    ExternalDataSelectElement,
    OptionGroup,
    PlainTextInputElement,
    StaticSelectElement,
    UserSelectElement,
)

from bot import ids
from bot.agreement import Agreement
from bot.arrivals import Touch
from bot.blocks import field, modal, option, section, words
from bot.cards import headline
from bot.errors import Refused
from bot.leads.commands import Reject
from bot.leads.lead import Lead
from bot.reasons import GROUPS, REASONS, Ask, Reason
from bot.text import count

Values = Mapping[str, Mapping[str, Mapping[str, Any]]]  # view.state.values: by block, by action

TITLE: Final = "Not this one?"
MONTHS: Final = 18  # how far ahead "wrong time" may be
LONGEST: Final = 2000  # characters of a rep's words
MOST_ATTEMPTS: Final = 40  # that fit into one form, a day and a kind each
EAST_OF_UTC: Final = timedelta(hours=14)  # where it may be tomorrow already
EVERY: Final = "all"  # leads of a card
KINDS: Final = ("Call", "E-mail", "Message", "Visit")  # of an attempt


def reject_form(lead: Lead, agreement: Agreement, now: datetime, chosen: str | None = None) -> dict[str, Any]:
    """The form, with the second question of the chosen reason."""
    reason = REASONS.get(chosen or "")
    blocks = [section(headline(lead)), _reasons(agreement, reason)]
    if reason is not None:
        blocks += _second_question(lead, reason, agreement, now)
    blocks.append(_words(reason))
    return modal(ids.REJECT_FORM, TITLE, blocks, submit="Send", about=lead.id)


def reject_some_form(
    leads: Sequence[Lead], card: str, agreement: Agreement, now: datetime, chosen: str | None = None
) -> dict[str, Any]:
    """The same for leads that wait on one card: which of them, or all for the same reason."""
    first = min(leads, key=lambda lead: lead.attempts)  # who has the most attempts to add
    form = reject_form(first, agreement, now, chosen)
    every = [option(f"All {len(leads)}, for the same reason", EVERY)] if len(leads) > 1 else []
    which = _select(ids.WHICH, [*every, *(option(lead.called, lead.id) for lead in leads)])
    blocks = [field(ids.WHICH, "Which one?", which).to_dict(), *form["blocks"][1:]]
    return {**form, "callback_id": ids.REJECT_SOME_FORM, "private_metadata": card, "blocks": blocks}


def read_which(values: Values) -> str:
    """The lead that is meant; empty: all of them. Raises Refused where none was chosen."""
    chosen = _option(values, ids.WHICH)
    if chosen is None:
        raise Refused("Please choose which one.", field=ids.WHICH)
    return "" if chosen == EVERY else chosen


def read_reason(values: Values) -> str | None:
    """The reason chosen so far."""
    return _option(values, ids.REASON)


def read_rejection(values: Values, by: str, agreement: Agreement, now: datetime) -> Reject:
    """The command that was filled in. Raises Refused, with its field, where something cannot be."""
    code = read_reason(values) or ""
    reason = REASONS.get(code)
    block = answer_block(code)
    return Reject(
        by=by,
        reason=code,
        answer=_answer(values, reason, block),
        words=_text(values, ids.WORDS),
        until=_month(values, block, agreement) if reason and reason.ask is Ask.MONTH else None,
        colleague=_value(values, block, "selected_user") if reason and reason.ask is Ask.COLLEAGUE else None,
        record=_record(values, reason, block),
        attempts=_attempts(values, by, now),
    )


def block_of(refused: Refused, values: Values) -> str:
    """The block that a refusal is shown under."""
    blocks = {
        "answer": answer_block(read_reason(values) or ""),
        "words": ids.WORDS,
        ids.WHICH: ids.WHICH,
        "attempts": _attempt_block(1, "day"),
    }
    return blocks.get(refused.field or "", ids.REASON)


def answer_block(code: str) -> str:
    """A block of its own for each reason: what was answered to one is no answer to another."""
    return f"{ids.ANSWER}.{code}"


def _reasons(agreement: Agreement, chosen: Reason | None) -> Block:
    groups = [
        OptionGroup(
            label=words(group),
            options=[
                option(agreement.label(reason.code), reason.code)
                for reason in REASONS.values()
                if reason.group == group
            ],
        )
        for group in GROUPS
    ]
    initial = None if chosen is None else option(agreement.label(chosen.code), chosen.code)
    select = StaticSelectElement(
        action_id=ids.REASON, placeholder="Choose a reason", option_groups=groups, initial_option=initial
    )
    return field(ids.REASON, "Reason", select, changes=True)


def _second_question(lead: Lead, reason: Reason, agreement: Agreement, now: datetime) -> Sequence[Block]:
    if reason.ask is Ask.ATTEMPTS:
        return _attempt_fields(lead, agreement)
    element = _element(reason, agreement, now)
    if element is None:
        return ()
    optional = reason.ask is Ask.COLLEAGUE
    return (field(answer_block(reason.code), reason.question, element, optional=optional),)


def _element(reason: Reason, agreement: Agreement, now: datetime) -> Any:
    """The field of a second question; None where there is none."""
    match reason.ask:
        case Ask.CHOICE:
            return _select(ids.ANSWER, [option(choice, choice) for choice in reason.choices])
        case Ask.TEXT:
            return PlainTextInputElement(action_id=ids.ANSWER, max_length=200)
        case Ask.MONTH:
            return _select(ids.ANSWER, _months(agreement, now))
        case Ask.COLLEAGUE:
            return UserSelectElement(action_id=ids.ANSWER, placeholder="Choose a colleague")
        case Ask.RECORD:
            placeholder = "Type a name or a company"
            return ExternalDataSelectElement(
                action_id=ids.RECORD, placeholder=placeholder, min_query_length=2
            )
        case Ask.ATTEMPTS | None:
            return None


def _select(action_id: str, options: Sequence[Any]) -> StaticSelectElement:
    return StaticSelectElement(action_id=action_id, placeholder="Choose one", options=list(options))


def _words(reason: Reason | None) -> Block:
    text = PlainTextInputElement(action_id=ids.WORDS, multiline=True, max_length=LONGEST)
    return field(
        ids.WORDS,
        "What should marketing know?",
        text,
        hint="Marketing reads this. One fact helps more than an adjective.",
        optional=reason is None or reason.code != "other",
    )


def _months(agreement: Agreement, now: datetime) -> list[Any]:
    month = now.astimezone(agreement.calendar.zone).date().replace(day=1)
    options = []
    for _ in range(MONTHS):
        month = (month + timedelta(days=32)).replace(day=1)
        options.append(option(f"{month:%B %Y}", f"{month:%Y-%m}"))
    return options


def _attempt_fields(lead: Lead, agreement: Agreement) -> Sequence[Block]:
    """A day and a kind for each attempt that is missing; those logged are counted already."""
    missing = min(max(agreement.leads.attempts - lead.attempts, 0), MOST_ATTEMPTS)
    known = (
        f"{count(lead.attempts, 'attempt')} logged, {missing} to add."
        if missing
        else "All attempts are logged."
    )
    blocks: list[Block] = [section(f"Attempts to reach them: {known}")]
    for number in range(1, missing + 1):
        day = DatePickerElement(action_id="day", placeholder="Day")
        kind = _select("kind", [option(kind, kind) for kind in KINDS])
        blocks.append(
            field(_attempt_block(number, "day"), f"Attempt {lead.attempts + number}: day", day, optional=True)
        )
        blocks.append(
            field(
                _attempt_block(number, "kind"), f"Attempt {lead.attempts + number}: kind", kind, optional=True
            )
        )
    return blocks


def _attempt_block(number: int, part: str) -> str:
    return f"{ids.ATTEMPT}.{number}.{part}"


def _attempts(values: Values, by: str, now: datetime) -> tuple[Touch, ...]:
    attempts = []
    for number in range(1, len(values) + 1):
        told = _value(values, _attempt_block(number, "day"), "selected_date")
        kind = _option(values, _attempt_block(number, "kind"))
        if not told or not kind:
            continue
        day = date.fromisoformat(told)
        if day > (now + EAST_OF_UTC).date():
            raise Refused("This day is still to come. Please choose one that has been.", field="attempts")
        # Noon, or today as late as it is, and a second apart: two attempts of one day are two.
        at = min(datetime.combine(day, time(12), tzinfo=UTC), now) - timedelta(seconds=number)
        attempts.append(Touch(kind="no_answer", at=at, detail=kind, by=by))
    return tuple(attempts)


def _answer(values: Values, reason: Reason | None, block: str) -> str | None:
    match None if reason is None else reason.ask:
        case Ask.CHOICE:
            return _option(values, block)
        case Ask.TEXT:
            return _text(values, block)
        case Ask.RECORD | Ask.MONTH:
            chosen = _value(values, block, "selected_option")
            return None if not chosen else str(chosen["text"]["text"])
        case _:
            return None


def _record(values: Values, reason: Reason | None, block: str) -> str | None:
    return _option(values, block) if reason is not None and reason.ask is Ask.RECORD else None


def _month(values: Values, block: str, agreement: Agreement) -> datetime | None:
    """The first working moment of the month chosen."""
    chosen = _option(values, block)
    if chosen is None:
        return None
    first = datetime.combine(date.fromisoformat(f"{chosen}-01"), time(), tzinfo=agreement.calendar.zone)
    return agreement.calendar.next_opening(first)


def _option(values: Values, block: str) -> str | None:
    chosen = _value(values, block, "selected_option")
    return None if chosen is None else str(chosen["value"])


def _text(values: Values, block: str) -> str | None:
    told = _value(values, block, "value")
    return str(told).strip() or None if told else None


def _value(values: Values, block: str, part: str) -> Any:
    elements = values.get(block)
    return None if not elements else next(iter(elements.values())).get(part)

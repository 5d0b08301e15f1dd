"""The one form of a retro: the right questions, those that follow from an answer, and what was filled in."""

from collections.abc import Iterable, Mapping
from datetime import date
from html import unescape
from typing import Any, Final

from slack_sdk.models.blocks import (
    Block,
    DatePickerElement,
    PlainTextInputElement,
    RadioButtonsElement,
    StaticMultiSelectElement,
    StaticSelectElement,
    UserSelectElement,
)
from slack_sdk.models.blocks.basic_components import DispatchActionConfig

from bot import ids
from bot.blocks import context, field, modal, option, section
from bot.deals import DealState
from bot.errors import Refused
from bot.gate import spoken
from bot.rejecting import Values
from bot.retros.commands import Choose, Drop, Meet
from bot.retros.looks import RetroSight
from bot.retros.questions import MOST_MORE, Kind, Question, asked
from bot.retros.retro import IfFew, Retro, RetroState, Said
from bot.text import day, one_line, shorten

LONGEST: Final = 500  # characters of an answer in words
NAMES: Final = "names"  # with a name or without
IF_FEW: Final = "if_few"
WITH: Final = "with"
WITHOUT: Final = "without"
SEEN: Final = "Your team will see your name."
UNSEEN: Final = "Truce does not store who wrote this. Your words may still give you away."
OVER: Final = (RetroState.SUMMED, RetroState.ACTING, RetroState.ENDED)


def retro_form(seen: RetroSight, said: Said) -> dict[str, Any]:
    """The form, with what was said so far and the questions that follow from it."""
    retro = seen.retro
    blocks: list[Block] = [section(f"*{seen.title}: {seen.ending}*\nThis takes 90 seconds.")]
    if retro.may_be_unnamed and retro.state not in OVER:
        blocks += _names(said)
    else:
        blocks.append(context(SEEN))
    blocks += [_field(question, seen, said) for question in asked(retro.outcome, said)]
    return modal(ids.RETRO_FORM, "What happened?", blocks, submit="Send", about=retro.id)


def read_said(values: Values, outcome: DealState | None = None) -> Said:
    """What is filled in; with an outcome, no more than what is asked then. Raises Refused where too much is chosen."""
    told = {block: _value(next(iter(fields.values()), {})) for block, fields in values.items()}
    said = {block: value for block, value in told.items() if value}
    if outcome is None:
        return said
    if len(said.get("more", ())) > MOST_MORE:
        raise Refused("Two at most, please: what mattered less?", field="more")
    wanted = {question.code for question in asked(outcome, said)}
    return {code: value for code, value in said.items() if code in wanted}


def fits(view: Mapping[str, Any], retro: Retro, said: Said) -> bool:
    """Whether the form that somebody looks at asks what follows from what they said."""
    shown = {str(block["block_id"]) for block in view["blocks"] if block["type"] == "input"}
    wanted = {question.code for question in asked(retro.outcome, said)}
    if NAMES in shown:
        wanted |= {NAMES, *([IF_FEW] if wants_no_name(said) else [])}
    return shown == wanted


def wants_no_name(said: Said) -> bool:
    return said.get(NAMES) == WITHOUT


def if_few(said: Said) -> IfFew | None:
    """What an answer without a name is to become where few came; None: it has a name."""
    return IfFew(str(said.get(IF_FEW, IfFew.SHOW))) if wants_no_name(said) else None


def action_form(seen: RetroSight, answer: str, due: str) -> dict[str, Any]:
    """Who does it, and until when."""
    what = next((each.said.get("change") for each in seen.retro.answers if each.id == answer), "")
    whom = UserSelectElement(action_id=ids.WHOM, placeholder="Choose a colleague")
    until = DatePickerElement(action_id=ids.DAY, initial_date=due)
    fields = [
        section(f"*{seen.title}*"),
        context(seen.safe(str(what), LONGEST)),
        field(ids.WHOM, "Who does it?", whom),
        field(ids.DAY, "Until when?", until, hint="They are reminded two days before, and on the day."),
    ]
    about = f"{seen.retro.id}|{answer}"
    return modal(ids.RETRO_ACTION_FORM, "This one", fields, submit="Choose", about=about)


def meet_form(seen: RetroSight, day: str) -> dict[str, Any]:
    """On which day."""
    picker = DatePickerElement(action_id=ids.DAY, initial_date=day)
    hint = "The timeline and the questions are the agenda. One of you writes the result afterwards."
    fields = [section(f"*{seen.title}*"), field(ids.DAY, "When?", picker, hint=hint)]
    return modal(ids.RETRO_MEET_FORM, "We meet instead", fields, submit="Meet", about=seen.retro.id)


def read_meet(values: Values, by: str) -> Meet:
    day = next(iter(values[ids.DAY].values())).get("selected_date")
    return Meet(by=by, day=date.fromisoformat(day) if day else None)


def read_choice(values: Values, by: str, answer: str) -> Choose:
    day = next(iter(values[ids.DAY].values())).get("selected_date")
    whom = next(iter(values[ids.WHOM].values())).get("selected_user")
    return Choose(by=by, answer=answer, who=str(whom or ""), due=date.fromisoformat(day) if day else None)


def read_drop(values: Values, by: str) -> Drop:
    return Drop(by=by, why=str(read_said(values).get(ids.WHY, "")))


def drop_form(seen: RetroSight) -> dict[str, Any]:
    """Why it will not be done."""
    why = PlainTextInputElement(action_id=ids.WHY, multiline=True, max_length=LONGEST)
    fields = [
        section(f"*{seen.title}*"),
        field(ids.WHY, "Why not?", why, hint="It stands in the thread, so that nobody waits for it."),
    ]
    return modal(ids.RETRO_DROP_FORM, "Drop it", fields, submit="Drop", about=seen.retro.id)


def _names(said: Said) -> Iterable[Block]:
    """Comes first: words without a name are never kept as a draft."""
    options = [option("With my name", WITH), option("Without names", WITHOUT)]
    chosen = options[1 if wants_no_name(said) else 0]
    radio = RadioButtonsElement(action_id=ids.RETRO_FIELD, options=options, initial_option=chosen)
    hint = (
        "One answer without a name, and nobody's name is shown. All appear together at the end, in no order."
    )
    yield field(NAMES, "How shall answers stand in the thread?", radio, hint=hint, changes=True)
    if not wants_no_name(said):
        yield context(SEEN)
        return
    yield context(UNSEEN)
    choices = [option("Show anyway", IfFew.SHOW), option("Drop", IfFew.DROP)]
    picked = next((each for each in choices if each.value == said.get(IF_FEW)), choices[0])
    few = RadioButtonsElement(action_id=ids.RETRO_FIELD, options=choices, initial_option=picked)
    yield field(IF_FEW, "If fewer than three answer", few, changes=True)


def _field(question: Question, seen: RetroSight, said: Said) -> Block:
    element = _element(question, seen, said.get(question.code))
    return field(question.code, question.label, element, optional=question.optional, changes=True)


def _element(question: Question, seen: RetroSight, told: str | tuple[str, ...] | None) -> Any:
    options = [option(label, code) for code, label in _options(question, seen).items()]
    if question.kind is Kind.TEXT or not options:
        words = told if isinstance(told, str) else None
        config = DispatchActionConfig(trigger_actions_on=["on_character_entered"])
        return PlainTextInputElement(
            action_id=ids.RETRO_FIELD,
            multiline=True,
            max_length=LONGEST,
            initial_value=words,
            dispatch_action_config=config,
        )
    if question.kind is Kind.CHOICES:
        picked = [each for each in options if each.value in (told or ())] or None
        return StaticMultiSelectElement(
            action_id=ids.RETRO_FIELD,
            placeholder="Choose",
            options=options,
            initial_options=picked,
            max_selected_items=MOST_MORE,
        )
    chosen = next((each for each in options if each.value == told), None)
    return StaticSelectElement(
        action_id=ids.RETRO_FIELD, placeholder="Choose one", options=options, initial_option=chosen
    )


def _options(question: Question, seen: RetroSight) -> Mapping[str, str]:
    if question.kind is Kind.MOMENT:
        told = [f"{day(each.at)}: {_bare(each.words)}" for each in seen.story.moments]
    elif question.kind is Kind.TOUCH:
        told = [spoken(one_line(kind)) for kind in seen.story.touches][:20]
    else:
        return question.options
    return {shorten(each, 75): shorten(each, 75) for each in told if each}


def _bare(words: str) -> str:
    """As plain text has it: no escapes, and nothing that keeps markup from being live."""
    return unescape(words).replace("\u200b", "")


def _value(element: Mapping[str, Any]) -> str | tuple[str, ...] | None:
    if chosen := element.get("selected_options"):
        return tuple(str(each["value"]) for each in chosen)
    if chosen := element.get("selected_option"):
        return str(chosen["value"])
    return str(element.get("value") or "").strip() or None

"""The form in which somebody tells of a deal: a new one, or what became of one. Closing it changes nothing."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from slack_sdk.models.blocks import (
    Block,
    DatePickerElement,
    ExternalDataSelectElement,
    PlainTextInputElement,
    StaticSelectElement,
    UserMultiSelectElement,
)

from bot import ids, money
from bot.arrivals import DealArrival, Senseless
from bot.blocks import field, modal, option, section
from bot.cards import headline
from bot.deal_telling import LOST_REASONS, DealSight, deal_line
from bot.deals import BY_HAND, Deal, DealState
from bot.errors import Refused
from bot.intake import forms
from bot.intake.forms import DEAL, Form
from bot.rejecting import Values
from bot.text import one_line, shorten

OPEN: Final = "Open"  # the stage of an open deal where the settings list none
NEW: Final = "new"
SAME: Final = "same"  # the stage that a feed told, whatever it is called
LONGEST_NAME: Final = 150  # characters
MOST_COLLEAGUES: Final = 10
TITLES: Final = {DealState.OPEN: "Deal", DealState.WON: "Deal won", DealState.LOST: "Deal lost"}
BLOCKS: Final = {
    "deal.name": ids.DEAL_NAME,
    "deal.stage": ids.DEAL_STAGE,
    "deal.amount": ids.AMOUNT,
    "deal.currency": ids.CURRENCY,
    "deal.closed_at": ids.CLOSED_ON,
    "deal.competitor": ids.COMPETITOR,
    "deal.leads": ids.LEAD,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a form was opened for; `fresh` is the id that a new deal gets, however often the form is sent."""

    fresh: str
    lead: str = ""
    deal: str = ""  # the only one that can be meant
    name: str = ""  # that was typed behind the command

    def __str__(self) -> str:
        return json.dumps({**asdict(self), "name": _fit(self.name)})

    @classmethod
    def read(cls, told: str) -> "About":
        return cls(**json.loads(told))


def deal_form(
    sight: DealSight, about: About, stage: str, deal: Deal | None = None, *, now: datetime
) -> dict[str, Any]:
    """The form for this deal, or for a new one, as it looks with this stage."""
    state = _state(stage)
    apart = "" if deal is None else f".{deal.id}"  # what was typed of one deal is not said of another
    blocks: list[Block] = [section(headline(sight.lead))] if sight.lead else []
    blocks += _which(sight, about, deal)
    if sight.lead is None and deal is None:
        blocks.append(_lead())
    blocks.append(field(f"{ids.DEAL_STAGE}{apart}", "Stage", _stages(sight, stage, deal), changes=True))
    if state is DealState.LOST:
        reasons = [option(words, code) for code, words in LOST_REASONS.items()]
        select = StaticSelectElement(action_id=ids.WHY, placeholder="Choose one", options=reasons)
        whom = PlainTextInputElement(action_id=ids.COMPETITOR, max_length=100)
        blocks.append(field(ids.WHY, "Why was it lost?", select))
        blocks.append(field(ids.COMPETITOR, "Which competitor?", whom, optional=True))
    if state is not DealState.OPEN:
        today = f"{now.astimezone(sight.agreement.calendar.zone):%Y-%m-%d}"
        day = DatePickerElement(action_id=ids.CLOSED_ON, placeholder="Day", initial_date=today)
        blocks.append(field(ids.CLOSED_ON, f"{stage.capitalize()} on", day))
    blocks += _facts(sight, about, deal, apart)
    return modal(ids.DEAL_FORM, TITLES[state], blocks, submit="Save", about=str(about))


def chosen(values: Values, about: About) -> tuple[str | None, str]:
    """The deal chosen so far (None: a new one), and the stage."""
    which = about.deal or _option(values, ids.WHICH_DEAL)
    return (None if which in (None, NEW) else which), _option(values, ids.DEAL_STAGE) or OPEN


def read_deal(values: Values, about: About, sight: DealSight, deal: Deal | None) -> DealArrival:
    """The news that was filled in. Raises Refused, with its field, where something cannot be."""
    by, lead = sight.by.slack_id, sight.lead
    _, stage = chosen(values, about)
    form = Form(DEAL)
    form.fill("id", about.fresh if deal is None else deal.external_id, "deal.id")
    form.fill("stage", deal.fields.get("stage") if deal and stage == SAME else stage, "deal.stage")
    form.fill("name", _text(values, ids.DEAL_NAME), "deal.name")
    amount = money.typed(_text(values, ids.AMOUNT))
    if amount:
        form.fill("amount", amount, "deal.amount")
        form.fill("currency", _text(values, ids.CURRENCY), "deal.currency")
    form.fill("competitor", _text(values, ids.COMPETITOR), "deal.competitor")
    form.fill("reason", _option(values, ids.WHY) or "", "deal.reason")
    day = _element(values, ids.CLOSED_ON).get("selected_date")
    if day:
        form.fill("closed_at", date.fromisoformat(day).isoformat(), "deal.closed_at")
    if deal is None:
        form.values["owner"] = (lead and lead.owner) or by
        form.values["leads"] = (lead.id,) if lead else ()
    people = _people(values, deal)
    if people != (() if deal is None else deal.people):
        form.values["people"] = people
    read = forms.deal(form, feed=BY_HAND if deal is None else deal.feed, raw={}, where="deal")
    if isinstance(read, Senseless):
        problem = read.problems[0]
        raise Refused(problem.words, field=problem.path)
    return DealArrival(
        feed=read.feed, external_id=read.external_id, occurred_at=None, fields=read.fields, by=by
    )


def _people(values: Values, deal: Deal | None) -> tuple[str, ...]:
    """Who worked on it: those chosen here, and those whom a feed names by their e-mails."""
    told = () if deal is None else deal.people
    chosen = _element(values, ids.COLLEAGUES).get("selected_users") or ()
    return (*(each for each in told if "@" in each), *map(str, chosen))


def lead_chosen(values: Values) -> str | None:
    return _option(values, ids.LEAD)


def block_of(refused: Refused, values: Values) -> str:
    """The block that a refusal is shown under."""
    name = BLOCKS.get(refused.field or "", ids.DEAL_STAGE)
    return next((block for block in values if block.partition(".")[0] == name), ids.DEAL_STAGE)


def _which(sight: DealSight, about: About, deal: Deal | None) -> list[Block]:
    """Which deal it is about, where there are several, or where a new one may be meant as well."""
    if not sight.deals:
        return []
    if deal is not None and about.deal:
        return [section(deal_line(deal))]
    known = [option(deal_line(each), each.id) for each in sight.deals]
    options = [option("A new deal", NEW), *known]
    initial = next((each for each in known if deal and each.value == deal.id), options[0])
    select = StaticSelectElement(action_id=ids.WHICH_DEAL, options=options, initial_option=initial)
    return [field(ids.WHICH_DEAL, "Which deal?", select, changes=True)]


def _lead() -> Block:
    search = ExternalDataSelectElement(
        action_id=ids.RECORD, placeholder="Type a name or a company", min_query_length=2
    )
    return field(ids.LEAD, "Which lead did it grow from?", search, optional=True)


def _stages(sight: DealSight, stage: str, deal: Deal | None) -> StaticSelectElement:
    options = [option(name, name) for name in sight.agreement.settings.deals.stages or (OPEN,)]
    current = str(deal.fields.get("stage") or "") if deal else ""
    if current and current not in {"won", "lost", *(each.value for each in options)}:
        options.insert(0, option(current, SAME))
    options += [option("Won", "won"), option("Lost", "lost")]
    wanted = SAME if stage == current else stage
    initial = next((each for each in options if each.value in (stage, wanted)), options[0])
    return StaticSelectElement(action_id=ids.DEAL_STAGE, options=options, initial_option=initial)


def _facts(sight: DealSight, about: About, deal: Deal | None, apart: str) -> list[Block]:
    company = sight.lead.company if sight.lead else about.name
    sum_, name = (None, company) if deal is None else (deal.money, deal.name or "")
    currency = next((each.money.currency for each in (deal, *sight.deals) if each and each.money), None)
    amount = PlainTextInputElement(
        action_id=ids.AMOUNT, max_length=30, initial_value=sum_.figure if sum_ else None
    )
    code = PlainTextInputElement(action_id=ids.CURRENCY, max_length=3, initial_value=currency)
    called = PlainTextInputElement(
        action_id=ids.DEAL_NAME, max_length=LONGEST_NAME, initial_value=_fit(name) or None
    )
    hint = "A figure like 12000 or 12000.50."
    known = [each for each in (deal.people if deal else ()) if "@" not in each][:MOST_COLLEAGUES]
    beside = UserMultiSelectElement(
        action_id=ids.COLLEAGUES,
        placeholder="Choose colleagues",
        initial_users=known or None,
        max_selected_items=MOST_COLLEAGUES,
    )
    asked = "They are asked, too, when you look back at it."
    return [
        field(f"{ids.DEAL_NAME}{apart}", "What is it called?", called, optional=True),
        field(f"{ids.AMOUNT}{apart}", "Amount", amount, hint=hint, optional=True),
        field(f"{ids.CURRENCY}{apart}", "Currency", code, hint="Three letters, like EUR.", optional=True),
        field(f"{ids.COLLEAGUES}{apart}", "Who else worked on it?", beside, hint=asked, optional=True),
    ]


def _fit(name: str) -> str:
    return shorten(one_line(name), LONGEST_NAME)


def _state(stage: str) -> DealState:
    return DealState(stage) if stage in (DealState.WON, DealState.LOST) else DealState.OPEN


def _text(values: Values, name: str) -> str:
    return str(_element(values, name).get("value") or "")


def _option(values: Values, name: str) -> str | None:
    told = _element(values, name).get("selected_option")
    return None if not told else str(told["value"])


def _element(values: Values, name: str) -> Any:
    """The field of this name; its block may bear the deal's id behind it."""
    block = next((block for block in values if block.partition(".")[0] == name), "")
    return next(iter(values.get(block, {}).values()), {})

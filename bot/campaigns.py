"""A campaign as marketing keeps it: who owns it, when it began, one line for sales; and how its last weeks stand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from slack_sdk.models.blocks import DatePickerElement, PlainTextInputElement, UserSelectElement

from bot import ids
from bot.agreement import Agreement
from bot.blocks import Message, button, context, field, modal, section
from bot.feedback import Standing, line_name, line_words, row
from bot.rejecting import Values
from bot.text import count, plain

WEEKS: Final = 8  # that /truce campaigns looks back
MOST_SHOWN: Final = 10  # campaigns in one answer
LONGEST: Final = 150  # characters of the line for sales
ONE_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """What marketing has said of a campaign, or of a source; `line` is where its leads are counted."""

    line: str
    owner: str | None = None
    starts: date | None = None
    for_sales: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A campaign with what became of the leads first offered in the last weeks."""

    campaign: Campaign
    standing: Standing


def weeks_until(now: datetime, agreement: Agreement) -> tuple[str, ...]:
    """The ISO weeks that an answer is about, this one last."""
    return tuple(agreement.week(now - back * ONE_WEEK) for back in reversed(range(WEEKS)))


def is_named(line: str, words: str) -> bool:
    """Whether each of these words stands in the campaign's name."""
    name = line_words(line).casefold()
    return all(each in name for each in words.casefold().split())


def campaigns_note(
    seen: Sequence[Seen], more: int, who: Callable[[str], str], agreement: Agreement, asked: str = ""
) -> Message:
    """Every campaign with its whole row, or those with the words asked for: counts, never a percentage."""
    title = f"Campaigns and sources of the last {WEEKS} weeks"
    if asked and not seen:
        words = f"No campaign or source of the last {WEEKS} weeks has “{plain(asked, 60)}” in its name. /truce campaigns shows all."
        return Message(text=words, blocks=[section(words)])
    if not seen:
        words = f"{title}: no lead was handed over. A campaign appears here with its first lead."
        return Message(text=words, blocks=[section(words)])
    others = f"and {count(more, 'other')} with fewer leads: /truce campaigns and a word of its name"
    rest = f"{others} shows it." if more else ""
    heads = [_head(each.campaign, who) for each in seen]
    return Message(
        text="\n".join(
            [
                f"{title}.",
                *(
                    f"• {head}. {row(each.standing, agreement)}"
                    for head, each in zip(heads, seen, strict=True)
                ),
                rest,
            ]
        ).strip(),
        blocks=[
            section(f"*{title}*"),
            *(
                section(
                    f"*{head}*\n{row(each.standing, agreement, ' · ')}{_said(each.campaign)}",
                    button("Edit...", ids.CAMPAIGN, each.campaign.line, about=line_name(each.campaign.line)),
                )
                for head, each in zip(heads, seen, strict=True)
            ),
            *([context(rest)] if rest else []),
        ],
    )


def campaign_form(campaign: Campaign) -> dict[str, Any]:
    owner = UserSelectElement(action_id=ids.WHOM, placeholder="Nobody yet", initial_user=campaign.owner)
    starts = None if campaign.starts is None else campaign.starts.isoformat()
    day = DatePickerElement(action_id=ids.DAY, placeholder="Not known", initial_date=starts)
    words = PlainTextInputElement(
        action_id=ids.NOTE, max_length=LONGEST, initial_value=campaign.for_sales or None
    )
    fields = [
        section(line_name(campaign.line)),
        field(ids.WHOM, "Whose is it?", owner, optional=True),
        field(ids.DAY, "When did it begin?", day, optional=True),
        field(
            ids.NOTE,
            "One line for sales",
            words,
            hint="The cards of its leads show it: what was promised?",
            optional=True,
        ),
    ]
    return modal(ids.CAMPAIGN_FORM, "Campaign", fields, submit="Save", about=campaign.line)


def read_campaign(values: Values, line: str) -> Campaign:
    day = _element(values, ids.DAY).get("selected_date")
    return Campaign(
        line=line,
        owner=_element(values, ids.WHOM).get("selected_user") or None,
        starts=date.fromisoformat(day) if day else None,
        for_sales=str(_element(values, ids.NOTE).get("value") or "").strip() or None,
    )


def _head(campaign: Campaign, who: Callable[[str], str]) -> str:
    parts = [line_name(campaign.line)]
    parts += [plain(who(campaign.owner), 60)] if campaign.owner else []
    parts += [f"since {campaign.starts.day} {campaign.starts:%b %Y}"] if campaign.starts else []
    return ", ".join(parts)


def _said(campaign: Campaign) -> str:
    return f"\nFor sales: {plain(campaign.for_sales, 100)}" if campaign.for_sales else ""


def _element(values: Values, block: str) -> Any:
    return next(iter(values.get(block, {}).values()), {})

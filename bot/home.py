"""Everybody's Home: what is theirs to do next, by role. One person may have several.

However much there is, a page of each list is shown: a view takes 100 blocks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from datetime import date
from enum import StrEnum
from typing import Any, Final

from slack_sdk.models.blocks import Block, PlainTextInputElement
from slack_sdk.models.blocks.basic_components import DispatchActionConfig
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import Message, actions, button, context, divider, field, header, more, section
from bot.cards import Sighted, headline
from bot.disputes import judging
from bot.feedback import answers, line_name, told_since
from bot.finding import stands
from bot.health import Work, lane_in_words
from bot.leads.lead import Rejection, State
from bot.moments import said_day
from bot.setting_forms import EVERY_PAGE
from bot.text import ago, by_the_clock, count, on_day, plain
from bot.voices import Theme

PAGE: Final = 6  # leads of one list
QUOTED: Final = 150  # characters of a customer's words
NAMED: Final = 20  # reps in one line each, campaigns in one line each


class Part(StrEnum):
    """The lists of a Home, each of which has pages of its own."""

    YOURS = "yours"
    REJECTED = "rejected"
    SOON = "soon"
    STUCK = "stuck"
    LOOKS = "looks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list, and whether another one follows.

    `judged`: of which leads' rejections somebody is there who could take a second look.
    """

    leads: Sequence[Sighted] = ()
    number: int = 0
    more: bool = False
    judged: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A campaign or source of this week, counted."""

    line: str
    handed_over: int
    accepted: int
    rejected: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a rep has in hand; `new` of them without a first contact."""

    name: str
    leads: int
    new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What became of what was offered this week, by one rep."""

    accepted: int = 0
    passed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What somebody said they would change after a retro, and until when."""

    retro: str
    title: str  # of the deal
    what: str
    due: date
    is_past: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What Slack shows of a Home: our hash of it, and Slack's, by which it refuses an older one after a newer."""

    shown_hash: str | None = None
    slack_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """All that one person's Home shows; what is None is of a role that they have not."""

    person: str = ""  # whose it is
    refused: str = ""  # to who takes no part
    pages: Mapping[Part, Page] = default(default_factory=dict)
    week: Week | None = None
    lines: Sequence[Line] | None = None
    heard: Sequence[Theme] = ()  # by customers, in the last weeks
    loads: Sequence[Load] | None = None
    work: Work | None = None
    changes: Sequence[Change] = ()  # the first is due first


def draw(home: Home) -> dict[str, Any]:
    """The view, as views.publish takes it."""
    blocks: list[Block] = [section(home.refused)] if home.refused else []
    for part in (_rep, _changes, _marketer, _manager, _operator):
        drawn = part(home)
        blocks += [divider(), *drawn] if blocks and drawn else drawn
    blocks += [] if home.refused else [_search()]
    blocks.append(context("`/truce find` finds a lead, `/truce help` lists all that you can ask."))
    return dict(View(type="home", blocks=blocks).to_dict())


def yours_note(page: Page) -> Message:
    """The same list as an answer to who asks for it."""
    if not page.leads:
        return Message(text="Nothing waits for you.", blocks=[section("Nothing waits for you.")])
    lines = [f"• {headline(seen.lead)}: {stands(seen)}{_next(seen)}" for seen in page.leads]
    more = "There are more: see the Home tab." if page.more else ""
    return Message(
        text="\n".join(["Yours to do next.", *lines, more]).strip(),
        blocks=[
            *_listed(Part.YOURS, Page(leads=page.leads), "", _next_buttons),
            *([context(more)] if more else []),
        ],
    )


def turned(part: Part, page: int) -> str:
    """What a button that turns a list's page says."""
    return f"{part}:{page}"


def read_turn(value: str) -> tuple[Part, int]:
    """The list and the page that a button asks for."""
    part, _, page = value.partition(":")
    return Part(part), max(0, int(page))


def _rep(home: Home) -> list[Block]:
    page, week = home.pages.get(Part.YOURS), home.week
    if page is None or week is None:
        return []
    told = f"This week you took {count(week.accepted, 'lead')} and passed on {week.passed:,}."
    return [
        header("Yours to do next"),
        *_listed(Part.YOURS, page, "Nothing waits for you.", _next_buttons),
        context(told),
    ]


def _changes(home: Home) -> list[Block]:
    if not home.changes:
        return []
    blocks: list[Block] = [header("Changes you said you would make")]
    for each in home.changes[:PAGE]:
        until = f"{'was due on' if each.is_past else 'until'} {said_day(each.due)}"
        title = plain(each.title, 100)
        done = button("Done", ids.RETRO_DONE, each.retro, style="primary", about=title)
        drop = button("Drop...", ids.RETRO_DROP, each.retro, about=title)
        blocks += [
            section(f"*{plain(each.what, 500)}*\n{until}, after {title}"),
            actions(done, drop, block_id=f"change.{each.retro}"[:255]),
        ]
    rest = len(home.changes) - PAGE
    return [*blocks, *([context(f"and {rest:,} more")] if rest > 0 else [])]


def _marketer(home: Home) -> list[Block]:
    if home.lines is None:
        return []
    lines = [
        f"{line_name(each.line)}: handed over {each.handed_over:,}, accepted {each.accepted:,},"
        f" rejected {each.rejected:,}, waiting {each.waiting:,}"
        for each in home.lines[:NAMED]
    ]
    blocks = [header("Campaigns this week"), section("\n".join(lines) or "Nothing was handed over yet.")]
    for part, title in ((Part.REJECTED, "Rejected lately"), (Part.SOON, "Back soon")):
        page = home.pages.get(part)
        if page is not None and (page.leads or page.number):
            buttons = _answer_buttons(page) if part is Part.REJECTED else _open_button
            blocks += [section(f"*{title}*"), *_listed(part, page, "Nothing more.", buttons)]
    return [*blocks, *_heard(home.heard)]


def _heard(heard: Sequence[Theme]) -> list[Block]:
    """What customers spoke of, the most frequent first, with the newest of their words."""
    if not heard:
        return []
    told = [f"*{plain(each.theme, 60)}* {each.number:,}: “{plain(each.words, QUOTED)}”" for each in heard]
    more = "`/truce heard price` finds all that was kept about a theme."
    return [section("\n".join(["*What customers said in the last four weeks*", *told, more]))]


def _manager(home: Home) -> list[Block]:
    page = home.pages.get(Part.STUCK)
    if page is None or home.loads is None:
        return []
    loads = [
        f"{plain(each.name, 60)}: {count(each.leads, 'lead')}, {each.new:,} without a first contact"
        for each in home.loads[:NAMED]
    ]
    looks = home.pages.get(Part.LOOKS)
    return [
        header("Stuck now"),
        *_listed(Part.STUCK, page, "Nothing is late.", _give_buttons),
        *(
            [section("*Second looks*"), *_listed(Part.LOOKS, looks, "Nothing more.", _judge_buttons(home))]
            if looks is not None and (looks.leads or looks.number)
            else []
        ),
        section("\n".join(["*In hand*", *(loads or ["Nobody has a lead in hand."])])),
    ]


def _operator(home: Home) -> list[Block]:
    work = home.work
    if work is None:
        return []
    told = [
        f"Jobs that are due: {work.due:,}"
        + (f", the oldest since {ago(work.oldest_due)}" if work.oldest_due else ""),
        f"Given up: {work.failed:,}" + (" (`truce jobs failed`)" if work.failed else ""),
        f"Put aside, as it made no sense: {work.quarantined:,}"
        + (" (`truce quarantine list`)" if work.quarantined else ""),
        *(
            f"Stuck: {plain(lane_in_words(lane), 80)}, since {ago(since)}"
            for lane, since in sorted(work.stuck.items())[:5]
        ),
    ]
    changing = [
        button("Settings...", ids.SETTING, EVERY_PAGE, about="the agreement between marketing and sales"),
        button("Read the agreement", ids.AGREEMENT, ""),
    ]
    return [header("How Truce is"), section("\n".join(told)), actions(*changing, block_id="home.settings")]


def _search() -> Block:
    words = PlainTextInputElement(
        action_id=ids.FIND,
        placeholder="A name, a company, an e-mail or a phone number",
        dispatch_action_config=DispatchActionConfig(trigger_actions_on=["on_enter_pressed"]),
    )
    return field(ids.FIND, "Find a lead", words, optional=True, changes=True)


def _listed(
    part: Part, page: Page, nothing: str, buttons: Callable[[Sighted], Sequence[object]]
) -> list[Block]:
    blocks: list[Block] = [] if page.leads else [section(nothing)]
    for seen in page.leads:
        line = f"*{headline(seen.lead)}*\n{stands(seen)}{_next(seen)}{_besides(part, seen)}"
        blocks += [section(line), actions(*buttons(seen), block_id=f"{part}.{seen.lead.id}"[:255])]
    turns = [button("Back", ids.HOME_BACK, turned(part, page.number - 1))] if page.number else []
    if page.more:
        turns.append(button("More", ids.HOME_MORE, turned(part, page.number + 1)))
    return [*blocks, *([actions(*turns, block_id=f"{part}.pages")] if turns else [])]


def _next(seen: Sighted) -> str:
    lead, due = seen.lead, None if seen.lead.handoff is None else seen.lead.handoff.contact_due
    planned = lead.next_step_at
    if planned is not None and (lead.state is State.WORKING or planned > seen.now):
        return f" Next step on {on_day(planned)}."
    if lead.state is State.ACCEPTED and lead.contacted_at is None and due is not None:
        was = "was due" if due <= seen.now else "is due by"
        return f" First contact {was} {by_the_clock(due, seen.now)}."
    return ""


def _besides(part: Part, seen: Sighted) -> str:
    """What else a manager looks for in what is stuck, and who is to answer a rejection: the words on both sides."""
    lead, rejection = seen.lead, _rejection(seen)
    if part is Part.STUCK:
        silent = lead.state is State.WORKING and lead.spoke_at is not None
        return f"{f' Last contact {ago(lead.spoke_at)}.' if silent and lead.spoke_at else ''}{_nobody_reminded(seen)}"
    if rejection is None or part not in (Part.REJECTED, Part.LOOKS):
        return ""
    said = [f"“{plain(rejection.words, QUOTED)}”"] if rejection.words else []
    return "".join(f"\n{each}" for each in (*said, *told_since(seen, rejection)))


def _rejection(seen: Sighted) -> Rejection | None:
    return None if seen.lead.handoff is None else seen.lead.handoff.rejection


def _nobody_reminded(seen: Sighted) -> str:
    """Who has had as many reminders of it as anybody gets."""
    wait = None if seen.lead.handoff is None else seen.lead.handoff.wait
    spent = () if wait is None else wait.spent
    return f" No longer reminded: {', '.join(seen.name(each) for each in spent)}." if spent else ""


def _next_buttons(seen: Sighted) -> Sequence[object]:
    """The two that come next; the timeline under "..."."""
    lead = seen.lead
    first, second = ("Accept", ids.ACCEPT), ("Reject", ids.REJECT)
    if lead.state is State.ACCEPTED:
        first, second = ("Contacted", ids.CONTACTED), ("No answer", ids.NO_ANSWER)
    elif lead.state is State.WORKING:
        first, second = ("Next step...", ids.NEXT_STEP), ("Contacted", ids.CONTACTED)
    return [
        button(first[0], first[1], lead.id, style="primary", about=lead.called),
        button(second[0], second[1], lead.id, about=lead.called),
        more(ids.MORE, [("Timeline", ids.TIMELINE)], lead.id),
    ]


def _give_buttons(seen: Sighted) -> Sequence[object]:
    lead = seen.lead
    return [
        button("Give to...", ids.GIVE, lead.id, style="primary", about=lead.called),
        more(ids.MORE, [("Timeline", ids.TIMELINE)], lead.id),
    ]


def _answer_buttons(page: Page) -> Callable[[Sighted], Sequence[object]]:
    """What marketing may answer, as under the rejection itself."""

    def buttons(seen: Sighted) -> Sequence[object]:
        rejection = _rejection(seen)
        if rejection is None:
            return _open_button(seen)
        return answers(seen, rejection, judges=seen.lead.id in page.judged)

    return buttons


def _judge_buttons(home: Home) -> Callable[[Sighted], Sequence[object]]:
    """A second look is answered here as well, but by nobody whose own matter it is."""

    def buttons(seen: Sighted) -> Sequence[object]:
        rejection = _rejection(seen)
        asked = None if rejection is None else rejection.dispute
        if rejection is None or asked is None or home.person in (rejection.by, asked.by):
            return _open_button(seen)
        return judging(seen, rejection)

    return buttons


def _open_button(seen: Sighted) -> Sequence[object]:
    return [button("Open", ids.OPEN, seen.lead.id, about=seen.lead.called)]

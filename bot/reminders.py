"""What a reminder says: the lead in one line, how long it waits in working time, what is asked, and the buttons."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

from slack_sdk.models.blocks import Block

from bot import ids
from bot.blocks import Message, actions, button, context, divider, more, section
from bot.cards import Sighted, headline, where_it_stands, where_it_went
from bot.helping import call_for_help, help_blocks
from bot.leads.lead import Handoff
from bot.leads.sentences import is_offered
from bot.leads.wait import Rung, Stage
from bot.nudges import Nudge, still_asks
from bot.text import count, mention
from bot.working_time import waited

PUT_OFF: Final = ("Remind me in 30 minutes", ids.PUT_OFF)
MOST_SHOWN: Final = 10  # leads of one message, each with its buttons: a message takes 50 blocks


class Reminded(NamedTuple):
    """A nudge, and the lead as it is now."""

    nudge: Nudge
    seen: Sighted
    handoff: Handoff


def reminder(all_of_it: Sequence[Reminded]) -> Message:
    """One message to one person, longest waiting first, each lead once; what is settled says how.

    Where not all find room, what is settled gives its own to what still waits.
    """
    each_once = _each_once(all_of_it)
    asked = sum(map(_asks, each_once))
    if len(each_once) > MOST_SHOWN:
        each_once.sort(key=lambda each: not _asks(each))
    shown, rest = each_once[:MOST_SHOWN], each_once[MOST_SHOWN:]
    sentences = [" ".join(filter(None, _said(each))) for each in shown]
    if len(each_once) == 1:
        return Message(text=sentences[0], blocks=_blocks(shown[0], sentences[0]))
    head = f"{count(asked, 'lead waits', 'leads wait')} for you." if asked else "All of these are settled."
    blocks: list[Block] = [section(f"*{head}*")]
    for each, sentence in zip(shown, sentences, strict=True):
        blocks += [divider(), *_blocks(each, sentence)]
    aloud = [head, *_aloud(shown)]
    more = sum(map(_asks, rest)) if asked else len(rest)
    if more:
        aloud.append(f"And {count(more, 'more lead')}.")
        blocks.append(context(aloud[-1]))
    return Message(text=" ".join(aloud), blocks=blocks)


def _aloud(shown: Sequence[Reminded]) -> Iterator[str]:
    """Of those in a row of which the same is asked, the last asks it of all."""
    for asked, alike in groupby(map(_said, shown), key=itemgetter(1)):
        stands = [each for each, _ in alike]
        yield from stands
        if asked:
            yield asked if len(stands) == 1 else re.sub(r"\bit\b", "them", asked)


def _asks(told: Reminded) -> bool:
    return still_asks(told.nudge, told.seen.lead)


def _each_once(all_of_it: Sequence[Reminded]) -> list[Reminded]:
    """Of several that tell of a lead the last that still asks: it waits long, and nobody is left to ask."""
    last: dict[str, Reminded] = {}
    for each in sorted(all_of_it, key=lambda told: (_asks(told), told.nudge.due_at)):
        last[each.nudge.handoff] = each
    return [each for each in all_of_it if last[each.nudge.handoff] is each]


def channel_line(all_of_it: Sequence[Reminded], *, shared: bool = False, again: bool = False) -> Message:
    """Under the card: who is asked to look, or that it waits and nobody is named.

    `shared`: others stand on the card. `again`: a line above it says how it ended, and this one says it in short.
    """
    asking = [each for each in all_of_it if still_asks(each.nudge, each.seen.lead)]
    asked = [*{each.nudge.lead: each for each in reversed(asking)}.values()][::-1]
    if not asked:
        settled = [_settled(each, in_short=again and not shared) for each in all_of_it]
        said = " ".join([*dict.fromkeys(settled)][:MOST_SHOWN])
    elif asked[0].nudge.person:
        one = headline(asked[0].seen.lead) if shared else "this one"
        what, them = (one, "it") if len(asked) == 1 else (f"these {len(asked)}", "them")
        whom = mention(asked[0].nudge.person)
        said = f"{whom}, could you look at {what}? Anyone may still take {them}."
    elif len(asked) == 1:
        said = f"{headline(asked[0].seen.lead)} {_waits(asked[0].nudge)}. Who can help?"
    else:
        others = count(len(asked) - 1, "other lead", "other leads")
        waits = _waits(asked[0].nudge).removeprefix("has ")
        said = f"{headline(asked[0].seen.lead)} and {others} of this card have {waits}. Who can help?"
    return Message(text=said, blocks=[section(said)])


def _settled(told: Reminded, *, in_short: bool) -> str:
    if in_short:
        return where_it_stands(told.seen, replace(told.handoff, took=None))
    return f"{headline(told.seen.lead)}: {where_it_stands(told.seen, told.handoff)}"


def _said(told: Reminded) -> tuple[str, str]:
    """How it stands, and what is asked; nothing is, where it is settled."""
    nudge, seen = told.nudge, told.seen
    if not still_asks(nudge, seen.lead):
        return f"{headline(seen.lead)}: {where_it_went(seen, told.handoff, nudge.person)}", ""
    if nudge.rung is Rung.HELP:
        return call_for_help(seen, told.handoff)
    return f"{headline(seen.lead)} {_waits(nudge)}{_who(told)}.", _asked(told)


def _waits(nudge: Nudge) -> str:
    if nudge.rung is Rung.NEXT_STEP:
        return "has its next step today"
    length = waited(nudge.waited)
    match nudge.stage:
        case Stage.OFFER:
            return f"has waited {length} for an answer"
        case Stage.CONTACT:
            return f"has waited {length} for a first contact"
        case Stage.STALLED:
            return f"has heard nothing for {length}"


def _who(told: Reminded) -> str:
    """To a manager: who has the lead; of an offer that has gone on since, whom it is offered to now."""
    nudge, seen, handoff = told
    if not nudge.managing or nudge.rung is Rung.LAST_CALL:
        return ""
    whom = seen.lead.owner or (handoff.to if handoff.alone else None)
    name = seen.name(whom) if whom else ""
    since = None if handoff.wait is None else handoff.wait.since
    if nudge.stage is Stage.OFFER and since is not None and nudge.due_at <= since:
        return f". It {is_offered(handoff, name, seen.now)}" if name else ""
    return f" from {name}" if name else ""


def _asked(told: Reminded) -> str:
    nudge = told.nudge
    if nudge.rung is Rung.LAST_CALL:
        return "Nobody has it yet. Who should?"
    if nudge.managing:
        return "Who should have it?"
    match nudge.stage:
        case Stage.OFFER:
            return (
                "Accept or reject?" if told.handoff.alone else "Could you take it? Anyone may still take it."
            )
        case Stage.CONTACT if nudge.rung is not Rung.NEXT_STEP:
            return "Still yours?"
        case Stage.CONTACT | Stage.STALLED:
            return "What is next?"


def _blocks(told: Reminded, sentence: str) -> list[Block]:
    nudge, lead = told.nudge, told.seen.lead
    if not still_asks(nudge, lead):
        return [section(sentence)]
    # A lead may be told of twice in a message: the nudge makes the block's id its own.
    block_id = f"nudge.{nudge.id}"[:255]
    if nudge.rung is Rung.HELP:
        return help_blocks(told.seen, told.handoff, block_id)
    about, stop = lead.called, ("Stop reminding me of this one", ids.STOP_REMINDING)
    timeline = ("Timeline", ids.TIMELINE)
    if nudge.managing:
        given = told.handoff.wait is not None and told.handoff.wait.granted
        over = given or nudge.rung is Rung.STALLED_AGAIN  # after days an hour is no answer
        hour = [] if over else [button("Give 1 more hour", ids.GRANT, lead.id, about=about)]
        buttons = [button("Give to...", ids.GIVE, lead.id, style="primary", about=about), *hour]
        later = ("Remind me later...", ids.LATER)
        menu = [PUT_OFF if nudge.stage is Stage.OFFER else later, stop, timeline]
    elif nudge.stage is Stage.OFFER:
        buttons = [
            button("Accept", ids.ACCEPT, lead.id, style="primary", about=about),
            button("Reject", ids.REJECT, lead.id, about=about),
        ]
        menu = [PUT_OFF, ("Not for me", ids.NOT_FOR_ME), stop, timeline]
    else:
        buttons = [
            button("Contacted", ids.CONTACTED, lead.id, style="primary", about=about),
            button("Hand back", ids.HAND_BACK, lead.id, about=about),
        ]
        menu = [("Remind me later...", ids.LATER), ("Reject...", ids.REJECT_OWN), stop, timeline]
    return [section(sentence), actions(*buttons, more(ids.MORE, menu, lead.id), block_id=block_id)]

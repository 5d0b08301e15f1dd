"""What a manager is told when a lead needs somebody: who had it, why they passed it on, and one button."""

from typing import Final

from slack_sdk.models.blocks import Block

from bot import ids
from bot.blocks import actions, button, context, more, section
from bot.cards import Sighted, headline
from bot.leads.lead import Handoff, Passed
from bot.leads.passing import HAND_BACK_REASONS
from bot.leads.sentences import in_a_sentence
from bot.reasons import REASONS
from bot.text import plain

ASKED: Final = "Who could take it?"
NOBODY_CAN: Final = "Nobody can be offered it now"


def call_for_help(seen: Sighted, handoff: Handoff) -> tuple[str, str]:
    """Nobody has it, and nobody can be asked: what it is about, and what is asked."""
    needs = f"{headline(seen.lead)} needs somebody."
    if handoff.passed:
        return f"{needs} {_chain(seen, handoff)}.", ASKED
    return needs, f"{NOBODY_CAN}. {ASKED}"


def help_blocks(seen: Sighted, handoff: Handoff, block_id: str) -> list[Block]:
    """The same with its button; four blocks at most, as a list of such is one message."""
    lead = seen.lead
    why = [plain(reason) for reason in handoff.why]
    return [
        section(f"*{headline(lead)}* needs somebody. {ASKED}"),
        context(". ".join([_chain(seen, handoff), *why])),
        actions(
            button("Give to...", ids.GIVE, lead.id, style="primary", about=lead.called),
            more(ids.MORE, [("Timeline", ids.TIMELINE)], lead.id),
            block_id=block_id,
        ),
    ]


def _chain(seen: Sighted, handoff: Handoff) -> str:
    return ". ".join(_link(seen, each) for each in handoff.passed) or NOBODY_CAN


def _link(seen: Sighted, passed: Passed) -> str:
    if passed.reason in REASONS:
        label = plain(seen.agreement.label(passed.reason), 100)
    else:
        label = HAND_BACK_REASONS.get(passed.reason, "")
    return f"{seen.name(passed.by)} passed it on: {in_a_sentence(label)}"

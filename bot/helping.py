"""What a manager is told when a lead needs somebody: who had it, why they passed it on, and one button."""

from bot import ids
from bot.blocks import Message, actions, button, context, more, section
from bot.cards import Sighted, headline, where_it_stands
from bot.leads.lead import Handoff, Passed, State
from bot.leads.passing import HAND_BACK_REASONS
from bot.leads.sentences import in_a_sentence
from bot.reasons import REASONS
from bot.text import plain


def help_note(seen: Sighted, handoff: Handoff) -> Message:
    """To a manager: nobody has it. Once somebody does, it only says so."""
    lead = seen.lead
    current = lead.handoff is not None and lead.handoff.id == handoff.id
    if not current or lead.state is not State.OFFERED or handoff.alone:
        words = f"{headline(lead)}: {where_it_stands(seen, handoff) if current else 'came back later.'}"
        return Message(text=words, blocks=[section(words)])
    asked = "Who could take it?"
    chain = ". ".join(_link(seen, each) for each in handoff.passed) or "Nobody can be offered it now"
    why = ". ".join(plain(reason) for reason in handoff.why)
    return Message(
        text=f"{headline(lead)} needs somebody. {chain}. {asked}",
        blocks=[
            section(f"*{headline(lead)}* needs somebody. {asked}"),
            context(f"{chain}."),
            *([context(why)] if why else []),
            actions(
                button("Give to...", ids.GIVE, lead.id, style="primary", about=lead.called),
                more(ids.MORE, [("Timeline", ids.TIMELINE)], lead.id),
                block_id=f"help.{handoff.id}",
            ),
        ],
    )


def _link(seen: Sighted, passed: Passed) -> str:
    if passed.reason in REASONS:
        label = plain(seen.agreement.label(passed.reason), 100)
    else:
        label = HAND_BACK_REASONS.get(passed.reason, "")
    return f"{seen.name(passed.by)} passed it on: {in_a_sentence(label)}"

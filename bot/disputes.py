"""The second look as people see it: marketing's form, the question to the manager, and what both sides are told."""

from typing import Any, Final

from slack_sdk.models.blocks import PlainTextInputElement

from bot import ids
from bot.blocks import Message, actions, button, context, field, modal, more, section
from bot.cards import Sighted, headline, passed_on, where_it_stands
from bot.deal_telling import deal_line
from bot.leads.lead import Disputed, Handoff, Lead, Rejection, State
from bot.leads.sentences import in_a_sentence
from bot.rejecting import Values
from bot.text import plain, quote

LONGEST: Final = 1000  # characters of marketing's words


def dispute_form(lead: Lead, rejection: str) -> dict[str, Any]:
    """What sales should look at; nothing has to be said."""
    words = PlainTextInputElement(action_id=ids.WORDS, multiline=True, max_length=LONGEST)
    hint = "A manager reads this and answers within three working days. It is possible once."
    fields = [
        section(headline(lead)),
        field(ids.WORDS, "What should they look at?", words, hint=hint, optional=True),
    ]
    return modal(ids.DISPUTE_FORM, "A second look", fields, submit="Ask", about=rejection)


def read_dispute(values: Values) -> str:
    return str(next(iter(values.get(ids.WORDS, {}).values()), {}).get("value") or "")


def dispute_note(seen: Sighted, rejection: Rejection, handoff: Handoff) -> Message:
    """To a manager: who said no and why, and what marketing says; once it is answered, what came of it."""
    lead, asked = seen.lead, rejection.dispute
    current = lead.handoff is not None and lead.handoff.id == handoff.id
    if asked is None or asked.stands is not None or lead.state is not State.DISPUTED or not current:
        answer = "" if asked is None else answered(seen, rejection, asked)
        words = (
            f"{headline(lead)}: {answer or where_it_stands(seen, handoff) if current else 'came back later.'}"
        )
        return Message(text=words, blocks=[section(words)])
    said, why = _said(seen, rejection), _why(seen, asked)
    question = f"{seen.name(asked.by)} asks for a second look: {headline(lead)}."
    return Message(
        text=" ".join(part for part in (question, said, _aloud(rejection), why) if part),
        blocks=[
            section(f"*{headline(lead)}*: {seen.name(asked.by)} asks for a second look.\n{said}"),
            *([section(quote(rejection.words))] if rejection.words else []),
            *([context(why)] if why else []),
            actions(*judging(seen, rejection), block_id=f"dispute.{rejection.id}"),
        ],
    )


def judging(seen: Sighted, rejection: Rejection) -> list[object]:
    """The two answers of a manager, and the history."""
    about = seen.lead.called
    rep = seen.name(rejection.by) if rejection.by else "the rep"
    return [
        button("It stands", ids.IT_STANDS, rejection.id, about=about),
        button(f"Back to {rep}"[:30], ids.BACK_TO_REP, rejection.id, about=about),
        more(ids.MORE, [("Timeline", ids.TIMELINE)], seen.lead.id),
    ]


def ruling_note(seen: Sighted, rejection: Rejection) -> Message:
    """To who asked, and to the rep: what came of the second look."""
    asked = rejection.dispute
    answer = "" if asked is None else answered(seen, rejection, asked)
    words = f"Second look at {headline(seen.lead)}: {answer or 'not answered yet.'}"
    return Message(text=words, blocks=[section(words)])


def news_note(seen: Sighted, handoff: Handoff) -> Message:
    """To who of marketing wanted to know: where the lead stands now."""
    current = seen.lead.handoff is not None and seen.lead.handoff.id == handoff.id
    stands = where_it_stands(seen, handoff) if current else "came back later."
    if current and seen.deals:
        stands = f"{'. '.join(map(deal_line, seen.deals))}."
    words = f"{headline(seen.lead)}: {stands}"
    why = context("You asked to be told how this one goes.")
    return Message(text=words, blocks=[section(words), why])


def answered(seen: Sighted, rejection: Rejection, asked: Disputed) -> str:
    """What came of it, as a sentence; empty while it waits."""
    rep = seen.name(rejection.by) if rejection.by else "sales"
    if asked.stands is None:
        return ""
    if not asked.stands:
        return f"{seen.name(asked.answered_by or '')} has sent it back to {rep}."
    reason = in_a_sentence(passed_on(seen, rejection.reason, rejection.answer))
    if asked.answered_by is None:
        return f"nobody answered in three working days, so it stands: {reason}."
    return f"{seen.name(asked.answered_by)} says that it stands: {reason}."


def _said(seen: Sighted, rejection: Rejection) -> str:
    whom = seen.name(rejection.by) if rejection.by else "Sales"
    return f"{whom} passed on this: {in_a_sentence(passed_on(seen, rejection.reason, rejection.answer))}."


def _aloud(rejection: Rejection) -> str:
    return f"In their words: {plain(rejection.words, 1000)}" if rejection.words else ""


def _why(seen: Sighted, asked: Disputed) -> str:
    return f"{seen.name(asked.by)}: {plain(asked.words, LONGEST)}" if asked.words else ""

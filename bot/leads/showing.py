"""Which messages show a lead: what has to be drawn anew when something about it has changed."""

from datetime import datetime

from bot.agreement import Agreement
from bot.jobs import Due, Sight, redraw, show, to_person
from bot.leads.decision import Facts, handoff_of
from bot.leads.lead import Lead


def everywhere(lead: Lead, facts: Facts) -> tuple[Due, ...]:
    """Every message of this handoff that shows where the lead stands, brought up to date."""
    handoff, now = handoff_of(lead), facts.now
    return (*cards(lead, facts), *standing(facts.agreement, handoff.week, handoff.line, now))


def cards(lead: Lead, facts: Facts) -> tuple[Due, ...]:
    """The card of the handoff, and the direct messages of its owner and of the one it was offered to."""
    handoff = lead.handoff
    if handoff is None:
        return ()
    told = []
    if lead.owner:
        told.append(redraw(Sight.OWNER, to_person(handoff.id, lead.owner), facts.now, channel=lead.owner))
    if handoff.to:
        told.append(redraw(Sight.ASK, handoff.ask, facts.now, channel=handoff.to))
    return (*card(lead, facts.now), *told, *_disputes(lead, facts))


def _disputes(lead: Lead, facts: Facts) -> tuple[Due, ...]:
    """The messages to managers who were asked for a second look."""
    rejection = handoff_of(lead).rejection
    asked = None if rejection is None else rejection.dispute
    if rejection is None or asked is None:
        return ()
    return tuple(
        redraw(Sight.DISPUTE, to_person(rejection.id, each), facts.now, channel=each) for each in asked.whom
    )


def card(lead: Lead, now: datetime) -> tuple[Due, ...]:
    """The card alone."""
    handoff = handoff_of(lead)
    return (redraw(Sight.CARD, handoff.card, now, channel=handoff.channel),)


def waiting(lead: Lead, facts: Facts) -> tuple[Due, ...]:
    """The messages in which the lead waited together with others: it has left them."""
    channels = facts.agreement.channels
    drawn = []
    if lead.hold is not None:
        drawn.append(redraw(Sight.HOLD, lead.hold, facts.now, channel=channel_of(lead.hold)))
    if lead.shelf is not None:
        both = (Sight.NURTURE, Sight.CAMPAIGN)  # a shelf is named as its campaign's week is
        drawn += [redraw(sight, lead.shelf, facts.now, channel=channels.feedback) for sight in both]
    return tuple(drawn)


def channel_of(hold: str) -> str:
    """The channel that a hold's message is in: its id begins with it."""
    return hold.rpartition(".")[0]


def rejections(lead: Lead, facts: Facts) -> tuple[Due, ...]:
    """What marketing was told of the rejection, brought up to date."""
    rejection = handoff_of(lead).rejection
    if rejection is None:
        return ()
    return (redraw(Sight.REJECTION, rejection.id, facts.now, channel=facts.agreement.channels.feedback),)


def standing(agreement: Agreement, week: str, line: str, now: datetime) -> tuple[Due, ...]:
    """The campaign's message of the week, brought up to date; with one channel for all there is none."""
    if agreement.one_channel:
        return ()
    return (show(Sight.CAMPAIGN, f"{week}|{line}", now, channel=agreement.channels.feedback),)

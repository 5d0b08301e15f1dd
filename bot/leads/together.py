"""Leads of one company that wait at the same time share one card, so that a channel reads of them once.

What is shared is the message alone: each lead keeps its handoff, its decision and its clock. A card that began a while
ago stands far up in the channel, so who comes then begins another, and those that still wait follow it there.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bot.firms import company_of
from bot.jobs import Due, FollowCard, NoteShown, Sight, show
from bot.leads.commands import Join
from bot.leads.decision import Decision, Facts, Waiting, handoff_of, with_handoff
from bot.leads.lead import Lead, State, Whose
from bot.leads.showing import card

LATELY: Final = timedelta(hours=1)  # a card of then is still looked at
LATELY_HOT: Final = timedelta(minutes=5)  # who asked for us is not added to a card that was read already
MOST: Final = (
    20  # leads that wait on one card: each has a line with its own menu, and a message takes 50 blocks
)
MOST_ASKED: Final = 9  # about whom one message asks: each has up to five blocks there, of 50
ALL_ANSWERED: Final = "All of these were answered. Nothing for you to do."
PERSONAL: Final = (
    Whose.STARTS,
    Whose.HANDED,
    Whose.FIXED,
    Whose.DISPUTED,
)  # asked of them about that lead alone


def waits(lead: Lead) -> Waiting | None:
    """What others of its company may know of a lead that waits for an answer."""
    handoff = lead.handoff
    if handoff is None or lead.state is not State.OFFERED:
        return None
    return Waiting(
        lead=lead.id,
        handoff=handoff.id,
        card=handoff.card,
        team=handoff.team,
        channel=handoff.channel,
        at=handoff.card_began,
        asked=asked(handoff.to, handoff.whose, alone=handoff.alone),
        ask=handoff.ask,
        asked_at=(handoff.wait and handoff.wait.since) or handoff.offered_at,
    )


def asked(to: str | None, whose: Whose | None, *, alone: bool) -> str | None:
    """The rep who is asked, where the others of the company are theirs as well."""
    return to if alone and whose not in PERSONAL else None


def asked_with(lead: Lead, facts: Facts) -> str | None:
    """The message that asks its rep about others of the company, if one more is to be seen there; None: it has its own.

    What was sent a while ago was read, and a line more in it would not be noticed.
    """
    handoff = handoff_of(lead)
    rep = asked(handoff.to, handoff.whose, alone=handoff.alone)
    known = [each for each in others(lead, facts, handoff.team, handoff.channel) if each.asked == rep and rep]
    there = Counter(each.ask for each in known)
    lately = facts.now - (LATELY_HOT if handoff.hot else LATELY)
    read = {each.ask for each in known if each.asked_at is not None and each.asked_at <= lately}
    fit = [ask for ask, number in there.items() if number < MOST_ASKED and ask not in read]
    return max(fit, default=None)


def may_answer(lead: Lead, by: str) -> bool:
    """Whether it waits for this person too: it is not asked of somebody else alone, nor have they said it is not for them."""
    handoff = lead.handoff
    if handoff is None or lead.state is not State.OFFERED or by in handoff.hidden_from:
        return False
    return not handoff.alone or handoff.to == by


def others(lead: Lead, facts: Facts, team: str, channel: str) -> Sequence[Waiting]:
    """The other leads of its company that wait for this team in this channel."""
    company = company_of(lead.fields)
    there = () if company is None else facts.waiting.get(company.key, ())
    return [each for each in there if each.lead != lead.id and (each.team, each.channel) == (team, channel)]


def host_of(known: Sequence[Waiting], facts: Facts, *, hot: bool) -> Waiting | None:
    """One who waits on the card that another of these would share; None: it gets a card of its own."""
    lately = facts.now - (LATELY_HOT if hot else LATELY)
    full = [name for name, number in Counter(each.card for each in known).items() if number >= MOST]
    fit = [each for each in known if each.at > lately and each.card not in full]
    return max(fit, key=lambda each: (each.at, each.card), default=None)


def on_a_card(lead: Lead, facts: Facts, *, but: str = "") -> tuple[Lead, tuple[Due, ...]]:
    """The lead on the card where it is to be seen, and what shows it; `but`: the card that it leaves."""
    handoff, now = handoff_of(lead), facts.now
    known = others(lead, facts, handoff.team, handoff.channel)
    host = host_of([each for each in known if each.card != but], facts, hot=handoff.hot)
    if host is not None:
        shared = with_handoff(lead, joined=host.card, carded_at=host.at)
        return shared, (show(Sight.CARD, host.card, now, channel=host.channel),)
    alone = with_handoff(lead, joined=None, carded_at=now)
    own = handoff_of(alone).card
    follow = [FollowCard(lead=each.lead, handoff=each.handoff) for each in known]
    return alone, (
        show(Sight.CARD, own, now, channel=handoff.channel),
        *(Due(job=each, at=now) for each in follow),
    )


def posted_anew(lead: Lead, facts: Facts) -> tuple[Lead, tuple[Due, ...]]:
    """Offered anew it is seen further down; where its card is a new one already, because of another lead, it stays."""
    handoff, now = handoff_of(lead), facts.now
    anew = with_handoff(lead, cards=handoff.cards + 1)
    if handoff.joined is None or now - handoff.card_began > (LATELY_HOT if handoff.hot else LATELY):
        return on_a_card(anew, facts, but=handoff.card)
    again = NoteShown(lead=lead.id, handoff=handoff.id)
    return anew, (*card(anew, now), Due(job=again, at=now))


def join(lead: Lead, command: Join, facts: Facts) -> Decision:
    """Those of its company wait on a newer card: it is seen there too, if there is room for all of its own card."""
    handoff = handoff_of(lead)
    known = others(lead, facts, handoff.team, handoff.channel)
    newest = max(known, key=lambda each: (each.at, each.card), default=None)
    if handoff.id != command.handoff or newest is None or newest.at <= handoff.card_began:
        return Decision(lead=lead)
    there = Counter(each.card for each in known)
    if 1 + there[handoff.card] + there[newest.card] > MOST:
        return Decision(lead=lead)
    after = with_handoff(
        lead,
        joined=newest.card,
        carded_at=newest.at,
        cards=handoff.cards + 1,
        moved={**handoff.moved, str(handoff.cards): ""},
    )
    shown = show(Sight.CARD, newest.card, facts.now, channel=newest.channel)
    return Decision(lead=after, jobs=(*card(lead, facts.now), shown))

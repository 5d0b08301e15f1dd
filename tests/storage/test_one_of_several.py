"""Two want something of one lead at the same moment, from two processes: each ends well, on both databases."""

import asyncio
from typing import Any

from bot.errors import Refused
from bot.leads.commands import Accept, Command, Dispute, Judge, Recycle, Reject, Take
from bot.leads.lead import Lead, State
from storage.db import Database
from storage.erasures import Erasures
from storage.traces import find
from storage.workspace import Workspace
from tests.bot.examples import ROLES, agreement, rejection_of
from tests.storage.desk import MINUTE, NOW, Desk, arrival

SEVERAL = agreement(people={**ROLES, "managers": ["hal@acme.test", "ben@acme.test"]})
SOON, THEN = NOW + MINUTE, NOW + 2 * MINUTE
TURNS = 4  # of so many leads either is first now and then


async def both(desks: tuple[Desk, Desk], lead: Lead, one: Command, other: Command) -> tuple[Lead, list[Any]]:
    """The lead as it is afterwards, and what the two came to: each in a process of its own, in the same moment."""
    first, second = desks
    told = await asyncio.gather(
        first.leads.change(lead.id, one, THEN),
        second.leads.change(lead.id, other, THEN),
        return_exceptions=True,
    )
    assert not [each for each in told if not isinstance(each, Lead | Refused)], told
    return await first.leads.get(lead.id), list(told)


async def desks_of(db: Database, another: Database) -> tuple[Desk, Desk]:
    return await Desk.at(db, agreement=SEVERAL), Desk.of(another, agreement=SEVERAL)


async def offered(desk: Desk, number: int) -> Lead:
    """A lead of a company of its own: colleagues would be offered to its owner alone."""
    firm = f"firm{number}.test"
    await desk.takes_in(
        arrival(number, contact__email=f"pat@{firm}", company__name=firm, company__domain=firm)
    )
    [lead] = await desk.leads.find(f"pat@{firm}", 2)
    return lead


async def no(desk: Desk, number: int) -> Lead:
    """A lead to which Amy said no."""
    lead = await offered(desk, number)
    return await desk.leads.change(lead.id, Reject(by="UAMY", reason="no_budget"), SOON)


async def test_of_two_who_answer_one_dispute_at_once_one_is_told_who_was_first(
    db: Database, another: Database
) -> None:
    desks = await desks_of(db, another)
    for turn in range(TURNS):
        lead = await no(desks[0], turn)
        rejection = rejection_of(lead).id
        await desks[0].leads.change(lead.id, Dispute(by="UEVA", rejection=rejection), SOON)

        after, told = await both(
            desks,
            lead,
            Judge(by="UHAL", rejection=rejection, stands=True),
            Judge(by="UBEN", rejection=rejection, stands=False),
        )

        assert [isinstance(each, Refused) for each in told].count(True) == 1
        stands = isinstance(told[1], Refused)
        assert (after.state is State.OFFERED) is not stands
        assert sum(each.what == "judge" for each in await desks[0].history(lead.id)) == 1


async def test_what_a_rep_takes_again_and_marketing_recycles_at_once_has_one_of_the_two(
    db: Database, another: Database
) -> None:
    desks = await desks_of(db, another)
    for turn in range(TURNS):
        lead = await no(desks[0], turn)

        after, told = await both(
            desks, lead, Take(by="UBEN"), Recycle(by="UEVA", rejection=rejection_of(lead).id, same_rep=False)
        )

        taken = isinstance(told[0], Lead)
        assert isinstance(told[1], Refused) is taken
        assert (after.state, after.owner) == ((State.ACCEPTED, "UBEN") if taken else (State.OFFERED, None))


async def test_who_is_removed_and_accepted_at_once_is_removed_whoever_was_first(
    db: Database, another: Database
) -> None:
    desks = await desks_of(db, another)
    await Workspace(desks[0].space).keep("Europe/London", "{}")
    for turn in range(TURNS):
        lead = await offered(desks[0], turn)
        found = await find(desks[0].space, f"pat@firm{turn}.test")

        told = await asyncio.gather(
            Erasures(desks[1].space, SEVERAL).erase(found, THEN),
            desks[0].leads.change(lead.id, Accept(by="UAMY"), THEN),
            return_exceptions=True,
        )

        assert told[0] is None
        assert isinstance(told[1], Lead | Refused)
        after = await desks[0].leads.get(lead.id)
        assert after.state is State.CLOSED
        assert "pat" not in str(after.fields).lower()

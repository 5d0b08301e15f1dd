"""The forms and messages about deals: Slack takes them whatever a deal is called, and outsiders style nothing."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.blocks import Message
from bot.cards import Sighted, lead_card
from bot.deal_forms import About, deal_form
from bot.deal_telling import DealSight
from bot.deals import Deal, DealState, Stage
from bot.intake.values import clean
from bot.leads.lead import State
from bot.notes import owner_note
from tests.bot.examples import ACME, NOW, PEOPLE, accepted
from tests.bot.looks import HOSTILE, hold_to_slack, hold_view_to_slack, live, shown, styled

WORDS = ("", "Globex rollout", *map(clean, HOSTILE))


def deal(words: str, stage: str) -> Deal:
    fields: dict[str, Any] = {"name": words, "stage": stage, "reason": words}
    fields |= {"amount": 10**14, "currency": "EUR"}
    told = Stage(name=stage, at=NOW, since=NOW, reason=words, by="UAMY")
    return Deal(
        id=f"d{len(stage)}",
        feed="crm",
        external_id="7",
        fields=fields,
        fields_at=dict.fromkeys(fields, NOW),
        state=DealState.WON if stage == "won" else DealState.OPEN,
        stages=(told,),
    )


def both(words: str) -> tuple[Deal, ...]:
    """One that was won, and one that is open in a stage of this name."""
    return deal(words, "won"), deal(words, words[:255] or "Demo")


def windows(words: str) -> Iterator[dict[str, Any]]:
    for lead in (None, accepted()):
        sight = DealSight(by=PEOPLE["UAMY"], agreement=ACME, lead=lead, deals=both(words))
        about = About(fresh="f" * 32, lead=lead.id if lead else "", name=words)
        for stage in ("Open", "won", "lost"):
            for each in (None, *sight.deals):
                yield deal_form(sight, about, stage, each, now=NOW)
    alone = DealSight(by=PEOPLE["UAMY"], agreement=ACME, deals=both(words)[:1])
    yield deal_form(alone, About(fresh="f", deal="d3"), "won", alone.deals[0], now=NOW)


def messages(words: str) -> Iterator[Message]:
    lead = replace(accepted(), state=State.CONVERTED)
    assert lead.handoff is not None
    for deals in (both(words), both(words)[:1], both(words) * 4, ()):
        seen = Sighted(
            lead=lead, touches=(), who=lambda _: "Amy", agreement=ACME, now=NOW, deals=tuple(deals)
        )
        yield owner_note(seen, lead.handoff, "UAMY")
        yield lead_card(seen, lead.handoff)


@pytest.mark.parametrize("words", WORDS)
def test_slack_takes_every_form_of_a_deal(words: str) -> None:
    for view in windows(words):
        hold_view_to_slack(view)
        assert [found for text in shown(view, ("mrkdwn",)) for found in live(text)] == []


@pytest.mark.parametrize("words", WORDS)
def test_slack_takes_every_message_that_shows_a_deal(words: str) -> None:
    for message in messages(words):
        body = hold_to_slack(message)
        assert styled(body["text"]) == []


def test_an_owner_with_many_deals_reads_the_newest_three_and_how_many_more() -> None:
    note = list(messages("Rollout"))[4]

    assert "And 5 more." in note.text

"""What somebody is told whose click comes late: who has the lead and why, kind and exact."""

from dataclasses import replace

import pytest

from bot.errors import Refused
from bot.leads.commands import Accept
from bot.leads.decision import handoff_of
from bot.leads.lead import Lead
from bot.leads.wait import Silence, Wait
from bot.working_time import Waited
from tests.bot.examples import MINUTE, NOW, accepted, does, offered, rejected, sent_back

IN_MAY = "<!date^1810980720^{date_short}|22 May>"
TEN = "at <!date^1795428000^{time}|10:00 UTC>"


def went_on(*silent: str, to: str) -> Lead:
    """Offered to one alone, after these did not answer: each for an hour."""
    left = {each: Silence(NOW + place * 60 * MINUTE, Waited(3600)) for place, each in enumerate(silent)}
    lead = offered()
    return replace(lead, handoff=replace(handoff_of(lead), to=to, alone=True, wait=Wait(silent=left)))


@pytest.mark.parametrize(
    ("lead", "by", "sentence"),
    [
        (
            accepted(),
            "UBEN",
            "<@UAMY> took this at <!date^1795428300^{time}|10:05 UTC>. Nothing for you to do.",
        ),
        (accepted(), "UAMY", "This is already yours."),
        (rejected(), "UBEN", "<@UAMY> passed on this: no budget."),
        (rejected(), "UAMY", "You passed on this: no budget."),
        (
            sent_back("not_icp"),
            "UBEN",
            "<@UAMY> passed on this: not our kind of customer. This lead is closed.",
        ),
        (
            sent_back("no_budget"),
            "UBEN",
            f"<@UAMY> passed on this: no budget. This lead is with marketing and may come back on {IN_MAY}.",
        ),
        (replace(accepted(), owner="UBEN"), "UCHI", "<@UBEN> has this one. Nothing for you to do."),
        (
            went_on("UAMY", to="UBEN"),
            "UAMY",
            f"This went to <@UBEN> {TEN} because it had waited an hour. Nothing for you to do.",
        ),
        (
            went_on("UAMY", "UBEN", to="UCHI"),
            "UAMY",
            f"This went on {TEN} because it had waited an hour. It is offered to <@UCHI>. Nothing for you to do.",
        ),
        (went_on(to="UBEN"), "UAMY", "This one is offered to <@UBEN>. Nothing for you to do."),
    ],
)
def test_who_comes_later_is_told_who_has_it(lead: Lead, by: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        does(lead, Accept(by=by), NOW + 15 * MINUTE)

    assert str(refused.value) == sentence

"""What an admin reads when something needs a hand."""

from typing import Any

import pytest

from bot.alerts import MOST, Troubles, alert_note, lasting, matters
from bot.places import Closed, closed_why
from tests.bot.looks import HOSTILE, hold_to_slack, live


def test_every_matter_has_a_name_of_its_own_and_words() -> None:
    told = matters(
        Troubles(
            given_up={("show", "no"): 2, ("show", "never"): 1, ("redraw", "no"): 1},
            failing={"learn_people": 1},
            stuck=["post:C1", "redraw:C1", "post:UAMY", "forget_old"],
        )
    )

    assert len(told) == 8
    assert [words for words in told.values() if "<#C1>" in words or "<@UAMY>" in words] == [
        "What is posted in <#C1> waits for over ten minutes (`truce doctor` says how to mend it).",
        "What is posted in <@UAMY> waits for over ten minutes (`truce doctor` says how to mend it).",
        "What is redrawn in <#C1> waits for over ten minutes (`truce doctor` says how to mend it).",
    ]


def test_a_lane_that_is_tried_again_just_now_is_not_over_its_trouble() -> None:
    assert lasting(Troubles(late=["post:C1"])) == lasting(Troubles(stuck=["post:C1"]))
    assert matters(Troubles(late=["post:C1"])) == {}


def test_the_message_names_ten_matters_and_counts_the_rest() -> None:
    message = alert_note(matters(Troubles(stuck=[f"post:C{number}" for number in range(MOST + 3)])))

    assert message is not None
    assert message.text.count("waits for over ten minutes") == MOST
    assert "And 3 other matters." in message.text
    assert alert_note({}) is None


def test_whatever_a_reason_says_slack_takes_the_message() -> None:
    for words in HOSTILE:
        message = alert_note(matters(Troubles(given_up={("show", words): 1}, failing={"show": 3})))
        assert message is not None
        body = hold_to_slack(message)
        assert live(body["text"]) == []


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        ({"is_member": True}, None),
        ({"is_member": True, "is_ext_shared": True}, Closed.SHARED),
        ({"is_member": True, "is_archived": True, "is_ext_shared": True}, Closed.ARCHIVED),
        ({"is_member": False}, Closed.OUTSIDE),
        ({"is_member": True, "is_pending_ext_shared": True}, None),
    ],
)
def test_a_channel_is_open_to_us_or_we_know_why_not(shown: dict[str, Any], why: Closed | None) -> None:
    assert closed_why(shown) is why


@pytest.mark.parametrize("why", Closed)
def test_a_closed_channel_is_a_matter_with_how_to_mend_it_until_it_is_open(why: Closed) -> None:
    troubles = Troubles(closed={"C1": why}, stuck=["post:C1", "redraw:C1"])

    [(name, words)] = matters(troubles).items()

    assert words.startswith("<#C1> ")
    assert lasting(troubles) == {name}
    assert lasting(Troubles()) == set()

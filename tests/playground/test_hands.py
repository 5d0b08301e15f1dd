"""What people do, and what the app gets and answers: through Bolt, by signed requests."""

from typing import Any

import pytest

from playground.errors import Invalid, NotOnScreen
from tests.playground.office import Clock, Office, actions, button, field_block, modal, section

TEXT = {"type": "plain_text_input", "action_id": "words", "max_length": 10}
REASONS = {
    "type": "static_select",
    "action_id": "reason",
    "options": [
        {"text": {"type": "plain_text", "text": one}, "value": one[:3]} for one in ("Budget", "Time")
    ],
}


async def test_a_press_reaches_the_app_with_all_that_slack_sends(office: Office) -> None:
    seen: list[dict[str, Any]] = []

    @office.app.action("accept")
    async def accept(ack: Any, body: dict[str, Any]) -> None:
        seen.append(body)
        await ack()

    ts = await office.post(blocks=[section(), actions(button(value="lead-1"))])
    answer = await office.slack.click("amy", office.slack.message("leads", ts), "Accept")

    assert (answer.status, answer.ok) == (200, True)
    [body] = seen
    assert body["actions"][0]["value"] == "lead-1"
    assert body["actions"][0]["block_id"] == "buttons"
    assert body["container"]["message_ts"] == ts
    assert body["message"]["blocks"][1]["block_id"] == "buttons"
    assert body["user"]["id"] == office.slack.person_id("amy")
    assert body["response_url"].startswith(office.slack.url)
    assert body["state"] == {"values": {}}


async def test_the_button_of_an_old_copy_can_still_be_pressed(office: Office) -> None:
    values: list[str] = []

    @office.app.action("accept")
    async def accept(ack: Any, action: dict[str, Any]) -> None:
        values.append(action["value"])
        await ack()

    ts = await office.post(blocks=[actions(button(value="before"))])
    old = office.slack.message("leads", ts)
    await office.client.chat_update(channel=office.leads, ts=ts, text="Taken", blocks=[section("Taken")])

    await office.slack.click("ben", old, "Accept")
    await office.slack.click_old("ben", "leads", ts, "accept", "by hand")

    assert values == ["before", "by hand"]
    with pytest.raises(NotOnScreen):
        await office.slack.click("ben", office.slack.message("leads", ts), "Accept")


async def test_an_overflow_menu_gives_the_option_that_was_chosen(office: Office) -> None:
    chosen: list[str] = []
    menu = {
        "type": "overflow",
        "action_id": "more",
        "options": [{"text": {"type": "plain_text", "text": "Hand back"}, "value": "back"}],
    }

    @office.app.action("more")
    async def more(ack: Any, action: dict[str, Any]) -> None:
        chosen.append(action["selected_option"]["value"])
        await ack()

    ts = await office.post(blocks=[section(accessory=menu)])
    await office.slack.click("amy", office.slack.message("leads", ts), "Hand back")

    assert chosen == ["back"]


async def test_a_modal_is_opened_filled_and_sent(office: Office) -> None:
    sent: list[dict[str, Any]] = []

    @office.app.command("/form")
    async def form(ack: Any, body: dict[str, Any]) -> None:
        view = modal(field_block("Words", TEXT), field_block("Reason", REASONS))
        await office.client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    @office.app.view("form")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        sent.append(view["state"]["values"])
        await ack()

    await office.slack.command("amy", "leads", "/form now")
    await office.slack.fill("amy", "Words", "too dear")
    await office.slack.choose("amy", "Reason", "Budget")
    await office.slack.submit("amy")

    assert sent[0]["words"]["words"] == {"type": "plain_text_input", "value": "too dear"}
    assert sent[0]["reason"]["reason"]["selected_option"]["value"] == "Bud"
    assert office.slack.modal("amy") is None


@pytest.fixture
async def opened(office: Office) -> Office:
    """Amy has a modal open, and the app answers a submission with what `office.app` is taught."""

    @office.app.command("/form")
    async def form(ack: Any, body: dict[str, Any]) -> None:
        view = modal(field_block("Words", TEXT), section("Between"), notify_on_close=True)
        await office.client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    await office.slack.command("amy", "leads", "/form")
    return office


async def test_a_modal_with_an_empty_field_or_too_long_words_is_not_sent(opened: Office) -> None:
    with pytest.raises(Invalid) as missing:
        await opened.slack.submit("amy")
    await opened.slack.fill("amy", "Words", "much too long")
    with pytest.raises(Invalid) as long:
        await opened.slack.submit("amy")

    assert missing.value.fields == {"words": "Please complete this required field."}
    assert long.value.fields == {"words": "Please enter at most 10 characters."}
    assert opened.slack.answers("interactive") == []


async def test_errors_stand_under_their_field_and_the_words_stay(opened: Office) -> None:
    @opened.app.view("form")
    async def refuse(ack: Any) -> None:
        await ack(response_action="errors", errors={"words": "Not that word"})

    await opened.slack.fill("amy", "Words", "hm")
    await opened.slack.submit("amy")

    view = opened.slack.modal("amy")
    assert view is not None
    assert view.errors == {"words": "Not that word"}
    assert view.values["words"]["words"]["value"] == "hm"


async def test_what_was_typed_survives_an_update_with_the_same_ids(opened: Office) -> None:
    @opened.app.view("form")
    async def redraw(ack: Any) -> None:
        await ack(response_action="update", view=modal(section("Hm."), field_block("Words", TEXT)))

    await opened.slack.fill("amy", "Words", "kept")
    await opened.slack.submit("amy")

    view = opened.slack.modal("amy")
    assert view is not None
    assert view.values["words"]["words"]["value"] == "kept"
    assert "Hm." in view.words


async def test_a_pushed_modal_covers_the_first_and_clear_closes_both(opened: Office) -> None:
    answers = iter([{"response_action": "push", "view": modal(section("Two"), title="Two")}])

    @opened.app.view("form")
    async def push(ack: Any) -> None:
        await ack(**next(answers, {"response_action": "clear"}))

    await opened.slack.fill("amy", "Words", "go")
    await opened.slack.submit("amy")
    on_top = opened.slack.modal("amy")
    await opened.slack.submit("amy")

    assert on_top is not None
    assert on_top.title == "Two"
    assert opened.slack.modal("amy") is None


async def test_an_app_that_does_not_answer_leaves_the_modal_with_a_word(opened: Office) -> None:
    await opened.slack.fill("amy", "Words", "go")
    answer = await opened.slack.submit("amy")  # nobody listens to this view: Bolt answers 404

    view = opened.slack.modal("amy")
    assert answer.status == 404
    assert view is not None
    assert view.trouble == "We had some trouble connecting. Try again?"


async def test_the_app_is_told_of_a_closed_modal_if_it_wants_to_know(opened: Office) -> None:
    closed: list[bool] = []

    @opened.app.view_closed("form")
    async def told(ack: Any, body: dict[str, Any]) -> None:
        closed.append(body["is_cleared"])
        await ack()

    await opened.slack.close_modal("amy")

    assert closed == [False]
    assert opened.slack.modal("amy") is None


async def test_a_field_with_dispatch_action_tells_the_app_at_once(office: Office) -> None:
    told: list[str] = []

    @office.app.command("/form")
    async def form(ack: Any, body: dict[str, Any]) -> None:
        view = modal(field_block("Reason", REASONS, dispatch_action=True))
        await office.client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    @office.app.action("reason")
    async def reason(ack: Any, body: dict[str, Any]) -> None:
        told.append(body["view"]["state"]["values"]["reason"]["reason"]["selected_option"]["value"])
        await ack()

    await office.slack.command("amy", "leads", "/form")
    await office.slack.choose("amy", "Reason", "Time")

    assert told == ["Tim"]


async def test_an_external_select_asks_the_app_for_its_options(office: Office) -> None:
    search = {"type": "external_select", "action_id": "record", "min_query_length": 2}

    @office.app.command("/form")
    async def form(ack: Any, body: dict[str, Any]) -> None:
        await office.client.views_open(
            trigger_id=body["trigger_id"], view=modal(field_block("Record", search))
        )
        await ack()

    @office.app.options("record")
    async def records(ack: Any, payload: dict[str, Any]) -> None:
        found = [one for one in ("Globex", "Initech") if payload["value"] in one]
        await ack(options=[{"text": {"type": "plain_text", "text": one}, "value": one} for one in found])

    await office.slack.command("amy", "leads", "/form")
    await office.slack.choose("amy", "Record", "Globex", typed="Glo")

    view = office.slack.modal("amy")
    assert view is not None
    assert view.values["record"]["record"]["selected_option"]["value"] == "Globex"
    with pytest.raises(NotOnScreen, match="Initech"):
        await office.slack.choose("amy", "Record", "Initech", typed="Glo")


async def test_a_person_presses_only_what_they_see(office: Office) -> None:
    ts = await office.post(channel=office.slack.channel_id("board"), blocks=[actions(button())])

    with pytest.raises(NotOnScreen):
        await office.slack.click("ben", office.slack.message("board", ts), "Accept")
    with pytest.raises(NotOnScreen):
        await office.slack.click("zoe", office.slack.message("board", ts), "Accept")


async def test_a_trigger_id_is_good_for_three_seconds_and_once(office: Office, clock: Clock) -> None:
    triggers: list[str] = []

    @office.app.command("/form")
    async def form(ack: Any, body: dict[str, Any]) -> None:
        triggers.append(body["trigger_id"])
        await ack()

    await office.slack.command("amy", "leads", "/form")
    await office.slack.command("amy", "leads", "/form")
    view = modal(section())

    async def code(trigger: str) -> str:
        answer = await office.client.api_call("views.open", json={"trigger_id": trigger, "view": view})
        return str(answer.get("error"))

    await office.client.views_open(trigger_id=triggers[0], view=view)
    with pytest.raises(Exception, match="exchanged_trigger_id"):
        await code(triggers[0])
    clock.forward(seconds=4)
    with pytest.raises(Exception, match="expired_trigger_id"):
        await code(triggers[1])

"""docs.slack.dev/tools/bolt-python: messages, actions, commands, shortcuts, modals, App Home, options, over Socket Mode."""

import os
import re
from typing import Any

from slack_bolt import Ack, App, BoltContext, Respond, Say
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

client = WebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
app = App(client=client)


# Listening to messages, with a string and with a pattern


@app.message("hello")
def message_hello(message: dict[str, Any], say: Say) -> None:
    say(
        blocks=[
            {
                "type": "section",
                "text": {"type": "mrkdwn", "text": f"Hey there <@{message['user']}>!"},
                "accessory": {
                    "type": "button",
                    "text": {"type": "plain_text", "text": "Click Me"},
                    "action_id": "button_click",
                },
            }
        ],
        text=f"Hey there <@{message['user']}>!",
    )


@app.message(re.compile("(hi|hey|morning)"))
def say_hello_regex(say: Say, context: BoltContext) -> None:
    greeting = context["matches"][0]
    say(f"{greeting}, how are you?")


@app.message("knock knock")
def ask_who(message: dict[str, Any], say: Say) -> None:
    say("_Who's there?_", thread_ts=message["ts"])


# Listening and responding to actions


@app.action("button_click")
def action_button_click(body: dict[str, Any], ack: Ack, say: Say) -> None:
    ack()
    say(f"<@{body['user']['id']}> clicked the button")


@app.action("user_select")
def select_user(ack: Ack, action: dict[str, Any], respond: Respond) -> None:
    ack()
    respond(f"You selected <@{action['selected_user']}>")


# Listening to events


@app.event("reaction_added")
def show_reaction(event: dict[str, Any], say: Say) -> None:
    if event["reaction"] == "calendar":
        blocks = [
            {
                "type": "section",
                "text": {"type": "mrkdwn", "text": "Pick a date for me to remind you"},
                "accessory": {
                    "type": "datepicker",
                    "action_id": "datepicker_remind",
                    "initial_date": "2020-05-04",
                    "placeholder": {"type": "plain_text", "text": "Select a date"},
                },
            }
        ]
        say(blocks=blocks, text="Pick a date for me to remind you", channel=event["item"]["channel"])


# Listening to commands


@app.command("/echo")
def repeat_text(ack: Ack, respond: Respond, command: dict[str, Any]) -> None:
    ack()
    respond(f"{command['text']}")


# Listening and responding to shortcuts, opening modals


@app.shortcut("open_modal")
def open_modal(ack: Ack, shortcut: dict[str, Any], client: WebClient) -> None:
    ack()
    client.views_open(
        trigger_id=shortcut["trigger_id"],
        view={
            "type": "modal",
            "callback_id": "view_1",
            "title": {"type": "plain_text", "text": "My App"},
            "close": {"type": "plain_text", "text": "Close"},
            "submit": {"type": "plain_text", "text": "Submit"},
            "blocks": [
                {
                    "type": "section",
                    "text": {"type": "mrkdwn", "text": "Welcome to a modal with _blocks_"},
                    "accessory": {
                        "type": "button",
                        "text": {"type": "plain_text", "text": "Click me!"},
                        "action_id": "update_modal",
                    },
                },
                {
                    "type": "input",
                    "block_id": "input_c",
                    "label": {"type": "plain_text", "text": "What are your hopes and dreams?"},
                    "element": {
                        "type": "plain_text_input",
                        "action_id": "dreamy_input",
                        "multiline": True,
                    },
                },
                {
                    "type": "input",
                    "block_id": "topic",
                    "optional": True,
                    "label": {"type": "plain_text", "text": "Topic"},
                    "element": {
                        "type": "external_select",
                        "action_id": "external_action",
                        "min_query_length": 1,
                    },
                },
            ],
        },
    )


@app.shortcut("message_shortcut")
def from_message(ack: Ack, shortcut: dict[str, Any], respond: Respond) -> None:
    ack()
    respond(f"You wrote: {shortcut['message']['text']}", response_type="ephemeral")


@app.action("update_modal")
def update_modal(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
    ack()
    view = body["view"]
    blocks = [{"type": "section", "text": {"type": "plain_text", "text": "You updated the modal!"}}]
    client.views_update(
        view_id=view["id"],
        hash=view["hash"],
        view={
            "type": "modal",
            "callback_id": "view_1",
            "title": {"type": "plain_text", "text": "Updated modal"},
            "submit": {"type": "plain_text", "text": "Submit"},
            "blocks": blocks + view["blocks"][1:],
        },
    )


@app.options("external_action")
def show_options(ack: Ack, payload: dict[str, Any]) -> None:
    options = [
        {"text": {"type": "plain_text", "text": "Option 1"}, "value": "1-1"},
        {"text": {"type": "plain_text", "text": "Option 2"}, "value": "1-2"},
    ]
    keyword = payload.get("value")
    if keyword:
        options = [each for each in options if keyword in each["text"]["text"]]  # type: ignore[index]  # as the documentation has it
    ack(options=options)


# Listening for view submissions


@app.view("view_1")
def handle_submission(ack: Ack, body: dict[str, Any], client: WebClient, view: dict[str, Any]) -> None:
    hopes_and_dreams = view["state"]["values"]["input_c"]["dreamy_input"]
    user = body["user"]["id"]
    errors = {}
    if hopes_and_dreams is not None and len(hopes_and_dreams["value"]) <= 5:
        errors["input_c"] = "The value must be longer than 5 characters"
    if len(errors) > 0:
        ack(response_action="errors", errors=errors)
        return
    ack()
    msg = f"Your submission of {hopes_and_dreams['value']} was successful"
    client.chat_postMessage(channel=user, text=msg)


# Publishing views to App Home


@app.event("app_home_opened")
def update_home_tab(client: WebClient, event: dict[str, Any]) -> None:
    client.views_publish(
        user_id=event["user"],
        view={
            "type": "home",
            "callback_id": "home_view",
            "blocks": [
                {
                    "type": "section",
                    "text": {"type": "mrkdwn", "text": "*Welcome to your _App's Home tab_* :tada:"},
                },
                {"type": "divider"},
                {
                    "type": "actions",
                    "elements": [
                        {
                            "type": "button",
                            "text": {"type": "plain_text", "text": "Click me!"},
                            "action_id": "button_click",
                        }
                    ],
                },
            ],
        },
    )


if __name__ == "__main__":
    SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start()  # type: ignore[no-untyped-call]  # Bolt's own

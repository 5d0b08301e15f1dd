"""docs.slack.dev/tools/bolt-python: the async getting-started app, over HTTP with signed requests."""

import os
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

client = AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
app = AsyncApp(client=client, signing_secret=os.environ["SLACK_SIGNING_SECRET"])


@app.event("app_mention")
async def handle_mentions(event: dict[str, Any], client: AsyncWebClient, say: AsyncSay) -> None:
    await client.reactions_add(channel=event["channel"], timestamp=event["ts"], name="eyes")
    await say("What's up?")


@app.event("member_joined_channel")
async def greet(event: dict[str, Any], say: AsyncSay) -> None:
    await say(f"Welcome, <@{event['user']}>!")


@app.command("/hello-bolt-python")
async def command(ack: AsyncAck, body: dict[str, Any]) -> None:
    await ack(f"Hi <@{body['user_id']}>!")


@app.event("message")
async def handle_message_events() -> None: ...


if __name__ == "__main__":
    app.start(port=int(os.environ["PORT"]))

"""docs.slack.dev/tools/python-slack-sdk: the Web client, webhooks of a response_url aside; prints what it found."""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import ButtonElement, HeaderBlock, MarkdownTextObject, SectionBlock

client = WebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])


def main(channel: str, user: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    response = client.chat_postMessage(channel=channel, text="Hello world!")
    assert response["message"]["text"] == "Hello world!"
    ts = response["ts"]

    # formatted with blocks, in a thread, to one person alone
    client.chat_postMessage(
        channel=channel,
        text="A message with blocks",
        blocks=[
            HeaderBlock(text="Danny Torrence left the following review"),
            SectionBlock(
                text=MarkdownTextObject(
                    text="<https://example.com|Overlook Hotel> \n :star: \n Doors had too many axe holes"
                ),
                accessory=ButtonElement(text="Click Me", action_id="button_click", value="click_me_123"),
            ),
        ],
    )
    client.chat_postMessage(channel=channel, thread_ts=ts, text="Hello from a thread!", reply_broadcast=True)
    client.chat_postEphemeral(channel=channel, text="Hello silently!", user=user)

    # updating and deleting
    client.chat_update(channel=channel, ts=ts, text="updates from your app! :tada:")
    gone = client.chat_postMessage(channel=channel, text="Soon gone")
    client.chat_delete(channel=channel, ts=gone["ts"])

    # conversations, page by page
    names: list[str] = []
    for page in client.conversations_list(limit=2):
        names += [one["name"] for one in page["channels"]]
    found["channels"] = sorted(names)
    opened = client.conversations_open(users=user)
    client.chat_postMessage(channel=opened["channel"]["id"], text="Just for you")
    info = client.conversations_info(channel=channel, include_num_members=True)
    found["members"] = info["channel"]["num_members"]
    found["member_ids"] = client.conversations_members(channel=channel)["members"]
    found["history"] = [one["text"] for one in client.conversations_history(channel=channel)["messages"]]
    found["replies"] = [
        one["text"] for one in client.conversations_replies(channel=channel, ts=ts)["messages"]
    ]

    # reactions
    client.reactions_add(channel=channel, name="thumbsup", timestamp=ts)
    client.reactions_remove(channel=channel, name="thumbsup", timestamp=ts)

    # uploading a file
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "hello.txt").write_text("Hello!", encoding="utf-8")
        uploaded = client.files_upload_v2(
            file=str(Path(folder, "hello.txt")),
            title="My test text file",
            channel=channel,
            initial_comment="Here is a file",
        )
    found["file"] = uploaded["file"]["title"]
    found["permalink"] = client.chat_getPermalink(channel=channel, message_ts=ts)["permalink"]

    # users
    found["user"] = client.users_info(user=user)["user"]["real_name"]

    try:
        client.chat_postMessage(channel=channel, text="")
    except SlackApiError as e:
        found["error"] = e.response["error"]
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])))

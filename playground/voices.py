"""What people say and do in channels: messages, commands, shortcuts, reactions."""

import re
from dataclasses import dataclass

from playground import payloads
from playground.args import Args
from playground.desk import FAMILY, Desk
from playground.errors import NotOnScreen, SlackError
from playground.hooks import say
from playground.methods import chat, marks, people, views
from playground.methods.files import about as about_file
from playground.things import Conversation, File, Json, Message
from playground.tickets import Hook
from playground.traffic import Answer
from playground.workspace import Person


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a person posted, and how the app answered the events of it."""

    message: Message
    answers: list[Answer]

    @property
    def ts(self) -> str:
        return self.message.ts


class Voices:
    """The people at the desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def says(
        self, person: str, channel: str, text: str, thread: str | None = None, files: list[File] | None = None
    ) -> Said:
        """Post as a person; @handles, #channels and markup are encoded as Slack's composer does."""
        who, place = self._in(person, channel)
        message = Message(
            channel=place.id,
            ts=self.desk.store.ts(),
            user=who.id,
            text=encode(self.desk, text),
            thread_ts=thread,
            subtype="file_share" if files else None,
            files=[about_file(self.desk, one) for one in files or []],
            extra={"team": people.team_of(self.desk, who), "client_msg_id": f"m{self.desk.store.number()}"},
        )
        self.desk.store.post(place, message)
        answers = []
        if self.desk.store.bot in place.members:
            event = self.desk.message_event(message)
            answers += await self.desk.told(event, f"message.{FAMILY[place.kind]}")
            if f"<@{self.desk.store.bot}>" in message.text and place.kind != "im":
                mention = {name: value for name, value in event.items() if name != "channel_type"}
                answers += await self.desk.told({**mention, "type": "app_mention"}, "app_mention")
        return Said(message=message, answers=answers)

    async def drops(
        self,
        person: str,
        channel: str,
        name: str,
        content: bytes,
        *,
        text: str = "",
        thread: str | None = None,
    ) -> Said:
        """Drop a file into a conversation; the app gets the message and then file_shared."""
        who, _ = self._in(person, channel)
        made = self.desk.store.add_file(name, content, who.id)
        said = await self.says(person, channel, text, thread, [made])
        event: Json = {"type": "file_shared", "file_id": made.id, "file": {"id": made.id}}
        event |= {"user_id": said.message.user, "channel_id": said.message.channel, "event_ts": said.ts}
        said.answers.extend(await self.desk.told(event))
        return said

    async def command(self, person: str, channel: str, line: str) -> Answer:
        """Give a slash command; what the app answers with is shown to the person alone."""
        who, place = self._in(person, channel)
        name, _, text = line.partition(" ")
        known = {one["command"]: one for one in self._features("slash_commands")}
        if who.external or not self.desk.store.installed or (self.desk.manifest and name not in known):
            raise NotOnScreen(f"{name} is not a valid command here")
        if known.get(name, {}).get("should_escape"):
            text = encode(self.desk, text, named=True)
        parcel, key = payloads.slash_command(self.desk, who, place.id, name, text.strip())
        answer = await self.desk.outbound.send(parcel)
        hook = self.desk.tickets.peek(key)
        if not answer.ok:
            code = "operation_timeout" if answer.status == 0 else "dispatch_failed"
            self._slackbot(who, place, f'{name} failed with the error "{code}"')
        elif answer.body:
            self._reply(hook, answer.body)
        return answer

    async def shortcut(self, person: str, name: str, message: Message | None = None) -> Answer:
        """Use a global shortcut, or one of a message, by the name that is shown or its callback_id."""
        who = self.desk.store.person(person)
        kind = "global" if message is None else "message"
        known = [one for one in self._features("shortcuts") if one["type"] == kind]
        ids = [one["callback_id"] for one in known if name in {one["name"], one["callback_id"]}]
        if self.desk.manifest and not ids:
            raise NotOnScreen(f"there is no {kind} shortcut {name!r}")
        callback = ids[0] if ids else name
        if message is None:
            return await self.desk.outbound.send(payloads.shortcut(self.desk, who, callback))
        return await self.desk.outbound.send(payloads.message_action(self.desk, who, message, callback))

    async def opens_home(self, person: str, tab: str = "home") -> list[Answer]:
        """Look at the app's home (or messages) tab."""
        who = self.desk.store.person(person)
        event: Json = {
            "type": "app_home_opened",
            "user": who.id,
            "channel": self.desk.store.dm(who.id).id,
            "tab": tab,
            "event_ts": self.desk.store.ts(),
        }
        if tab == "home" and who.id in self.desk.store.homes:
            view = self.desk.store.views[self.desk.store.homes[who.id]]
            event["view"] = views.payload(self.desk, view)
        return await self.desk.told(event)

    async def reacts(self, person: str, message: Message, name: str) -> list[Answer]:
        """Put an emoji on a message."""
        who, place = self._in(person, message.channel)
        live = self.desk.store.message(place.id, message.ts)
        if who.id in live.reactions.get(name, []):
            return []
        event = marks.mark(self.desk, live, who.id, name)
        return await self.desk.told(event) if self.desk.store.bot in place.members else []

    async def unreacts(self, person: str, message: Message, name: str) -> list[Answer]:
        """Take an emoji of one's own away."""
        who, place = self._in(person, message.channel)
        live = self.desk.store.message(place.id, message.ts)
        if who.id not in live.reactions.get(name, []):
            raise NotOnScreen(f"{who.handle} has not reacted with {name}")
        event = marks.unmark(self.desk, live, who.id, name)
        return await self.desk.told(event) if self.desk.store.bot in place.members else []

    async def edits(self, person: str, message: Message, text: str) -> None:
        """Change one's own message; the app is told with both texts."""
        who, place = self._in(person, message.channel)
        live = self.desk.store.message(place.id, message.ts)
        if live.user != who.id:
            raise NotOnScreen(f"{who.handle} may not edit this message")
        before = live.payload()
        live.text, live.edited = encode(self.desk, text), self.desk.store.ts()
        self.desk.store.changed()
        chat.announce_change(self.desk, live, before)

    async def deletes(self, person: str, message: Message) -> None:
        """Delete a message: one's own, or as an admin any."""
        who, place = self._in(person, message.channel)
        if message.user != who.id and not (who.admin or who.owner):
            raise NotOnScreen(f"{who.handle} may not delete this message")
        chat.remove(self.desk, self.desk.store.message(place.id, message.ts))

    # --- how

    def _in(self, person: str, channel: str) -> tuple[Person, Conversation]:
        who = self.desk.store.person(person)
        place = self.desk.store.place(channel, who)
        if who.deactivated or who.id not in place.members:
            raise NotOnScreen(f"{who.handle} is not in {place.name or place.id}")
        if place.archived:
            raise NotOnScreen(f"{place.name} is archived")
        return who, place

    def _features(self, name: str) -> list[Json]:
        return list(self.desk.manifest.get("features", {}).get(name, []))

    def _slackbot(self, who: Person, place: Conversation, words: str) -> None:
        ts = self.desk.store.ts()
        whisper = Message(channel=place.id, ts=ts, user="USLACKBOT", text=words, to=who.id)
        self.desk.store.whisper(whisper)

    def _reply(self, hook: Hook, body: object) -> None:
        args = Args(body) if isinstance(body, dict) else Args(text=str(body))
        try:
            say(self.desk, hook, args)
        except SlackError as error:
            who, place = self.desk.store.person(hook.person), self.desk.store.conversations[hook.channel]
            self._slackbot(who, place, f'the command failed with the error "{error.code}"')


def encode(desk: Desk, text: str, *, named: bool = False) -> str:
    """Give what was typed as Slack keeps it: &, < and > escaped, names as ids (`named`: with the name)."""
    parts = re.split(r"(<[@#][A-Z0-9]+>)", text)  # ids written out are kept, for tests
    kept = "".join(part if number % 2 else escape(part) for number, part in enumerate(parts))
    store = desk.store
    called = {name: f"<!{name}>" for name in ("channel", "here", "everyone")}
    called |= {one.handle: f"<!subteam^{one.id}|@{one.handle}>" for one in store.workspace.groups}
    for one in store.people.values():
        called[one.handle] = f"<@{one.id}|{one.handle}>" if named else f"<@{one.id}>"
    called[store.workspace.bot_handle] = f"<@{store.bot}>"
    places = {one.name: f"<#{one.id}|{one.name}>" for one in store.conversations.values() if one.name}
    kept = re.sub(r"(?<![\w<])@([\w.-]*\w)", lambda found: called.get(found[1], found[0]), kept)
    return re.sub(r"(?<![\w<])#([\w-]+)", lambda found: places.get(found[1], found[0]), kept)


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

"""What people do with their hands: press, fill, choose, submit, close. As Slack's client does it, checks included."""

from typing import Any

from playground import forms, payloads
from playground.desk import Desk
from playground.errors import Invalid, NotOnScreen, SlackError
from playground.forms import Place
from playground.methods import views
from playground.methods.files import about as about_file
from playground.store import STATE_KEYS
from playground.things import Json, Message, View
from playground.traffic import Answer
from playground.workspace import Person

CONNECTING = "We had some trouble connecting. Try again?"


class Hands:
    """The people at the desk; everything they do gives the app's answer."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def click(self, person: str, where: Place | str | None, what: str, *, nth: int = 0) -> Answer:
        """Press a button, or choose from an overflow menu, by its words or action_id.

        An old copy of a message may be pressed: its own button counts, not what Slack shows now.
        `where` left out is the open modal; "home" is the home tab.
        """
        who, place = self.at(person, where)
        block, element, option = forms.find_button(place, what, nth)
        chosen = {} if option is None else {"selected_option": option}
        return await self._act(who, place, block, element, chosen)

    async def click_old(
        self, person: str, channel: str, ts: str, action_id: str, value: str = "", **more: Any
    ) -> Answer:
        """Press a button that the message at `ts` may no longer have, or that was deleted."""
        who, place = self._actor(person), self.desk.store.place(channel, self._actor(person))
        gone = Message(channel=place.id, ts=ts, user=self.desk.store.bot, text="")
        message = place.messages.get(ts, gone)
        element = {"type": "button", "action_id": action_id, "value": value, **more}
        return await self._act(who, message, {"block_id": more.get("block_id", "old")}, element, {})

    async def fill(
        self, person: str, field: str, value: str, where: Place | str | None = None
    ) -> Answer | None:
        """Type into a field. Gives the answer when the app is told of it at once, else None."""
        who, place = self.at(person, where)
        block, element = forms.find_field(place, field)
        written: Any = value
        if element["type"] == "rich_text_input":
            leaf = {"type": "rich_text_section", "elements": [{"type": "text", "text": value}]}
            written = {"type": "rich_text", "elements": [leaf]} if value else None
        return await self._put(who, place, (block, element), written or None)

    async def choose(
        self, person: str, field: str, *options: str, where: Place | str | None = None, typed: str = ""
    ) -> Answer | None:
        """Choose in a select, a picker, checkboxes or radio buttons, by what is to be read.

        People, channels and conversations go by handle or name; dates as 2026-11-22, times as 09:30.
        `typed` is what is typed into an external select before choosing (left out: the option itself).
        """
        who, place = self.at(person, where)
        block, element = forms.find_field(place, field)
        kind = str(element["type"])
        if "external" in kind and options:
            offered = await self.suggestions(person, field, typed or options[0], where)
        else:
            offered = forms.options_of(element)
        found = [self._value(element, one, offered) for one in options]
        many = STATE_KEYS.get(kind, ("", ""))[0].endswith("s")
        return await self._put(who, place, (block, element), found if many else (found or [None])[0])

    async def attaches(
        self, person: str, field: str, name: str, content: bytes, where: Place | str | None = None
    ) -> Answer | None:
        """Put one more file into a file_input."""
        who, place = self.at(person, where)
        block, element = forms.find_field(place, field)
        if element["type"] != "file_input":
            raise NotOnScreen(f"{field!r} takes no files")
        forms.check_file(element, name, content)
        made = self.desk.store.add_file(name, content, who.id)
        values = forms.values_of(self.desk.store, place, who.id)
        state = values.get(block["block_id"], {}).get(element["action_id"], {})
        files = [*state.get("files", []), about_file(self.desk, made)]
        if len(files) > element.get("max_files", 10):
            raise NotOnScreen(f"{field!r} takes at most {element.get('max_files', 10)} files")
        return await self._put(who, place, (block, element), files)

    async def suggestions(
        self, person: str, field: str, typed: str, where: Place | str | None = None
    ) -> list[Json]:
        """Type into an external select and give the options that the app offers, groups flattened."""
        who, place = self.at(person, where)
        block, element = forms.find_field(place, field)
        if len(typed) < element.get("min_query_length", 3):
            raise NotOnScreen(
                f"{field!r} asks the app only after {element.get('min_query_length', 3)} letters"
            )
        parcel = payloads.block_suggestion(
            self.desk, who, place, (block["block_id"], element["action_id"]), typed
        )
        answer = await self.desk.outbound.send(parcel)
        body = answer.body if isinstance(answer.body, dict) else {}
        grouped = [one for part in body.get("option_groups") or [] for one in part["options"]]
        return [*(body.get("options") or []), *grouped]

    async def submit(self, person: str) -> Answer:
        """Press the modal's submit; raises Invalid when Slack's client would not send it."""
        who = self._actor(person)
        view = self._modal(who)
        if not view.body.get("submit"):
            raise NotOnScreen("this modal has nothing to submit")
        view.errors, view.trouble = {}, ""
        try:
            forms.check(view)
        except Invalid as error:
            view.errors = dict(error.fields)
            self.desk.store.changed()
            raise
        answer = await self.desk.outbound.send(payloads.view_submission(self.desk, who, view))
        self._follow(who, view, answer)
        return answer

    async def close_modal(self, person: str, *, everything: bool = False) -> Answer | None:
        """Close the top modal, or all of them; gives the answer when the app wanted to know."""
        who = self._actor(person)
        view = self._modal(who)
        closed = payloads.view_closed(self.desk, who, view, cleared=everything)
        if everything or view.body.get("clear_on_close"):
            views.close_all(self.desk, who.id)
        else:
            views.close_top(self.desk, who.id)
        return await self.desk.outbound.send(closed) if view.body.get("notify_on_close") else None

    # --- how

    def at(self, person: str, where: Place | str | None) -> tuple[Person, Place]:
        """Give the person and what they look at: a view is always the present one, a message may be old."""
        who, store = self._actor(person), self.desk.store
        if isinstance(where, Message):
            self._sees(who, where)
            return who, where
        if isinstance(where, str) and where not in {"modal", "home"}:
            return who, self._by_ts(who, where)
        home = where == "home" or (isinstance(where, View) and where.type == "home")
        if home and who.id in store.homes:
            return who, store.views[store.homes[who.id]]
        if home:
            raise NotOnScreen(f"{who.handle} has no home tab yet")
        return who, self._modal(who)

    def _by_ts(self, who: Person, ts: str) -> Message:
        rooms = [one.messages.values() for one in self.desk.store.conversations.values()]
        for message in [*self.desk.store.whispers, *(one for room in rooms for one in room)]:
            if message.ts == ts:
                self._sees(who, message)
                return message
        raise NotOnScreen(f"there is no message {ts}")

    def _actor(self, person: str) -> Person:
        who = self.desk.store.person(person)
        if who.deactivated:
            raise NotOnScreen(f"{who.handle} is deactivated")
        return who

    def _sees(self, who: Person, message: Message) -> None:
        place = self.desk.store.conversations[message.channel]
        if message.to not in {None, who.id} or (place.kind != "channel" and who.id not in place.members):
            raise NotOnScreen(f"{who.handle} does not see this message")

    def _modal(self, who: Person) -> View:
        view = self.desk.store.modal(who.id)
        if view is None:
            raise NotOnScreen(f"{who.handle} has no modal open")
        return view

    async def _act(self, who: Person, place: Place, block: Json, element: Json, chosen: Json) -> Answer:
        values = forms.values_of(self.desk.store, place, who.id)
        what = payloads.action(self.desk, block, element, chosen)
        parcel = payloads.block_actions(self.desk, who, place, what, {**values})
        answer = await self.desk.outbound.send(parcel)
        if isinstance(place, View) and not answer.ok:
            place.trouble = CONNECTING
            self.desk.store.changed()
        return answer

    async def _put(self, who: Person, place: Place, field: tuple[Json, Json], value: Any) -> Answer | None:
        block, element = field
        values = forms.values_of(self.desk.store, place, who.id)
        state = forms.set_value(values, block, element, value)
        if isinstance(place, View):
            place.errors.pop(block["block_id"], None)
        self.desk.store.changed()
        return await self._act(who, place, block, element, state) if forms.fires(block) else None

    def _value(self, element: Json, wanted: str, offered: list[Json]) -> Any:
        match str(element["type"]).removeprefix("multi_"):
            case "users_select":
                return self.desk.store.person(wanted).id
            case "channels_select" | "conversations_select":
                return self.desk.store.place(wanted).id
            case "datepicker" | "timepicker":
                return wanted
            case "datetimepicker":
                return int(wanted)
            case _:
                return forms.pick(element, wanted, offered)

    def _follow(self, who: Person, view: View, answer: Answer) -> None:
        """Do with the modal what the app's answer to the submission says."""
        body = answer.body if isinstance(answer.body, dict) else {}
        if not answer.ok or view.id not in self.desk.store.views:
            view.trouble = CONNECTING
        else:
            try:
                self._respond(who, view, body)
            except SlackError as error:
                view.trouble = f"{CONNECTING} ({error.code})"
        self.desk.store.changed()

    def _respond(self, who: Person, view: View, body: Json) -> None:
        match body.get("response_action"):
            case None:
                views.close_top(self.desk, who.id)
            case "clear":
                views.close_all(self.desk, who.id)
            case "errors":
                known = {block["block_id"] for block in view.blocks if block["type"] == "input"}
                if not known.issuperset(body.get("errors") or {"": ""}):
                    raise SlackError("errors_for_unknown_block")
                view.errors = dict(body["errors"])
            case "update":
                self.desk.store.redraw(view, views.prepare(self.desk, body["view"]))
            case "push":
                views.push(self.desk, who.id, views.prepare(self.desk, body["view"]))
            case other:
                raise SlackError(f"unknown_response_action {other}")

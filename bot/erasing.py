"""Somebody asks to be removed: by what they are recognised in words that others wrote, and what is said of it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

import phonenumbers

from bot import ids
from bot.blocks import Message, actions, button, context, section
from bot.text import count, mention, on_day, plain

IN_ITS_PLACE: Final = "[removed]"
REMOVED_WORDS: Final = "What stood here was removed, with all else about this person."
REMOVED: Final = Message(text=REMOVED_WORDS, blocks=[context(REMOVED_WORDS)])
LEAST_HINT: Final = 3  # letters by which a database may look first
UNREACHED: Final = (
    "what people wrote in Slack themselves, in threads and direct messages",
    "what a CRM or another system has",
    "files: CSVs that were imported, NAME.rejected.csv, exports",
    "copies of the database that were made before",
    "first names, nicknames and misspellings in what people wrote here",
)
_ASCII: Final = re.compile(r"[A-Za-z0-9]+")
_APART: Final = r"[\s().\-/]*"
_SPACE: Final = r"\s+"


@dataclass(frozen=True, kw_only=True)  # without slots: what is derived is kept
class Traces:
    """By what one person is recognised. `ids` are (feed, id there); phones begin with +."""

    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()  # whole ones alone: of a first name there are many
    ids: frozenset[tuple[str, str]] = frozenset()

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        mails = [rf"(?<![\w.+-]){re.escape(each)}(?![\w-])" for each in sorted(self.emails)]
        names = [rf"(?<!\w){_SPACE.join(map(re.escape, each.split()))}(?!\w)" for each in self._whole]
        phones = [f"(?<!\\d){_of_phone(each)}(?!\\d)" for each in sorted(self.phones)]
        told = [*mails, *names, *phones]
        return re.compile("|".join(told), re.IGNORECASE) if told else None

    @property
    def _whole(self) -> Sequence[str]:
        return sorted(name for name in self.names if len(name.split()) > 1)

    def hints(self) -> tuple[str, ...]:
        """Bits of text of which one is in every text that tells of the person; "" is in all."""
        mails = [each.partition("@")[0] for each in self.emails]
        phones = [each[-2:] for each in self.phones]
        longest = [max(_ASCII.findall(each), key=len, default="") for each in (*mails, *self._whole)]
        hints = {each if len(each) >= LEAST_HINT else "" for each in longest} | set(phones)
        return tuple(sorted(hints))

    def is_in(self, value: Any) -> bool:
        """Whether any text in a JSON value tells of the person."""
        return bool(self.cleaned(value) != value)

    def cleaned(self, value: Any) -> Any:
        """The same value without the person."""
        if isinstance(value, str):
            return value if self._pattern is None else self._pattern.sub(IN_ITS_PLACE, value)
        if isinstance(value, Mapping):
            return {key: self.cleaned(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.cleaned(each) for each in value]
        return value

    def sent(self, feed: str, value: Any) -> bool:
        """Whether what a feed sent is about the person, by their id there too."""
        known = {each for its_feed, each in self.ids if its_feed == feed}
        return self.is_in(value) or any(each in known for each in _texts(value))


def _of_phone(phone: str) -> str:
    """However it is written: with the country's code, with 00, or as it is dialled within the country."""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return _APART.join(re.escape(digit) for digit in phone.removeprefix("+"))
    national = _APART.join(phonenumbers.national_significant_number(number))
    code = _APART.join(str(number.country_code))
    return rf"(?:(?:\+|00)?{code}{_APART}(?:\(0\))?|0?){_APART}{national}"


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


def erased_words(done: Mapping[str, int], *, dry: bool) -> str:
    """What was removed, or would be, and what cannot be reached: for the terminal."""
    told = [f"  {what}: {number:,}" for what, number in done.items() if number]
    head = "This would be removed or emptied:" if dry else "Removed or emptied:"
    beyond = [f"  {each}" for each in UNREACHED]
    still = [] if dry else ["", "Messages in Slack are redrawn by the running bot, or at its next start."]
    return "\n".join([head, *told, *still, "", "Out of reach, for you to see to:", *beyond])


@dataclass(frozen=True, slots=True, kw_only=True)
class Comeback:
    """Somebody who was removed has come again. `admitted` is the answer; None while there is none."""

    person: str
    removed_at: datetime
    feed: str
    at: datetime
    times: int
    answered_by: str | None = None
    admitted: bool | None = None


def comeback_note(back: Comeback) -> Message:
    """To an admin: take them in, or keep them out. It does not say who it is."""
    again = f", {count(back.times, 'time')} by now" if back.times > 1 else ""
    came = f"came again on {on_day(back.at)} by the feed {plain(back.feed, 60)}{again}"
    told = f"Somebody who was removed on {on_day(back.removed_at)} {came}."
    if back.admitted is not None:
        by = mention(back.answered_by) if back.answered_by else "An admin"
        what = "took them in: they are like anybody else again" if back.admitted else "keeps them out"
        words = f"{told} {by} {what}."
        return Message(text=words, blocks=[section(words)])
    held = "Nothing of it was taken in. “truce quarantine list” shows what was sent."
    return Message(
        text=f"{told} {held} Take them in, or keep them out?",
        blocks=[
            section(f"*{told}*\n{held}"),
            actions(button("Take in", ids.ADMIT, back.person), button("Keep out", ids.KEEP_OUT, back.person)),
        ],
    )

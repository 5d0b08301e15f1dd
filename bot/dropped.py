"""A file of leads that somebody dropped on the bot: who may, what it would do, how far it has come."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from bot import ids
from bot.arrivals import LeadArrival, Problem, Senseless
from bot.blocks import Message, actions, button, section
from bot.leads.offering import line_named
from bot.text import count, mention, plain

FREELY: Final = 1000  # rows; more are confirmed by an admin (product.md section 11)
LARGEST: Final = 10_000_000  # bytes of a file; what is larger is for `truce import`
LONGEST: Final = 1500  # characters of what is said of a file
MOST_GIVEN_BACK: Final = 500_000  # characters of refused rows
NOT_YOURS: Final = "Files of leads are for managers, marketers and admins."
BY_HAND: Final = "Whoever runs Truce can bring it in with `truce import`."
TOO_LARGE: Final = f"It is larger than {LARGEST // 1_000_000} MB. {BY_HAND}"
NO_CSV: Final = "It is no CSV file. A spreadsheet can save one: choose CSV, and drop that."
TAKEN_AWAY: Final = "It is not in Slack any more. Drop it again."
NOT_ALLOWED: Final = "I may not read files here yet: whoever runs Truce gives the app the scope files:read and installs it again."
UNREAD: Final = "Slack does not give it to me. Drop it again in a while."
NAMELESS: Final = "file.csv"  # until Slack has said its name
NOT_GIVEN_BACK: Final = f"Slack does not take them from me. {BY_HAND}"
ANSWERED: Final = "This file was answered already. Drop it again if you want it brought in once more."


class Stage(StrEnum):
    NEW = "new"  # it is looked at
    DATES = "dates"  # its dates can be read in two ways
    ASKED = "asked"  # what it would do is told; a yes is waited for
    WAITS = "waits"  # they said yes, and an admin has to as well
    GOING = "going"
    DONE = "done"
    LEFT = "left"  # they do not want it
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """One file; `id` is Slack's, `words` what is said of it. Nothing of its rows but what was refused, for a while."""

    id: str
    at: datetime
    by: str
    name: str = NAMELESS
    stage: Stage = Stage.NEW
    words: str = ""
    dates: str | None = None  # what comes first in its dates, as somebody said
    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    rejects: str = ""  # refused rows, as a CSV file, until they are given back
    upload: str | None = None  # the file in which they are
    allowed_by: str | None = None

    @property
    def read(self) -> int:
        """Rows dealt with so far."""
        return self.new + self.changed + self.unchanged + self.refused

    @property
    def needs_admin(self) -> bool:
        return self.rows > FREELY

    @property
    def rejects_name(self) -> str:
        stem = re.sub(r"(\.rejected)*(\.\w+)?$", "", self.name)
        return f"{stem}.rejected.csv"


def missed(file: Mapping[str, Any], now: datetime) -> Dropped | None:
    """A file that Slack names in a list, if it was dropped in a direct message to us; we see no others."""
    if not file.get("ims") or file.get("mode") == "tombstone":
        return None
    return Dropped(id=str(file["id"]), at=now, by=str(file.get("user") or ""))


def is_csv(name: str) -> bool:
    return name.lower().endswith((".csv", ".tsv", ".txt"))


def not_theirs(told: LeadArrival, apart: Collection[str]) -> Senseless | None:
    """A row of a campaign that another marketer owns is theirs to bring in."""
    campaign = str(told.fields.get("campaign") or "")
    if line_named(campaign, str(told.fields.get("source") or "")) not in apart:
        return None
    words = "Another marketer owns this campaign: they, a manager or an admin bring it in."
    return Senseless(problems=(Problem(path="campaign" if campaign else "source", words=words),), raw="{}")


def in_slack(words: str) -> str:
    """A sentence of the command line, without its options."""
    told = [each for each in re.split(r"(?<=[.:]) ", words) if "--" not in each]
    kept = " ".join(told).removesuffix(":").strip()
    return f"{kept.removesuffix('.')}." if kept else "It does not look like a file of leads."


def preview(described: str, rows: int, refused: Mapping[str, int]) -> str:
    """What an import would do, as far as the file alone tells; nothing that stands in its rows."""
    told = f"{count(rows, 'row')}. {described}"
    if not refused:
        return told
    total = sum(refused.values())
    why = ", ".join(f"{path or 'the whole row'} {number:,}" for path, number in sorted(refused.items()))
    return f"{told} {count(total, 'row')} would be refused and given back to you ({why})."


def dropped_note(told: Dropped) -> Message:
    """To who dropped it."""
    words, pressed = _words(told), _buttons(told)
    blocks = [section(words), *([actions(*pressed, block_id=f"dropped.{told.id}")] if pressed else [])]
    return Message(text=words.replace("*", ""), blocks=blocks)


def _words(told: Dropped) -> str:  # noqa: PLR0911 - a sentence for each stage
    name = f"*{plain(told.name, 100)}*"
    match told.stage:
        case Stage.NEW:
            return "I look at your file and tell you what it would do."
        case Stage.DATES:
            return f"{name}: {plain(told.words)} What comes first in them?"
        case Stage.ASKED:
            return f"{name}: {plain(told.words, LONGEST)}"
        case Stage.WAITS:
            return f"{name}: an admin confirms files of more than {FREELY:,} rows. They were asked."
        case Stage.GOING:
            return f"{name}: {told.read:,} of {told.rows:,} rows so far."
        case Stage.DONE:
            return f"{name} is in: {_sum(told)}.{_back(told)}"
        case Stage.LEFT:
            return f"{name} was left alone: nothing of it was kept."
        case Stage.REFUSED if told.read:
            return f"{name} was brought in as far as {told.read:,} rows: {_sum(told)}. {plain(told.words, LONGEST)}"
        case Stage.REFUSED:
            return f"{name} was not brought in. {plain(told.words, LONGEST)}"


def _buttons(told: Dropped) -> list[object]:
    if told.stage is Stage.DATES:
        return [
            button("Day first", ids.DROPPED_DAYS, told.id, about=told.name),
            button("Month first", ids.DROPPED_MONTHS, told.id, about=told.name),
        ]
    if told.stage is not Stage.ASKED:
        return []
    yes = button("Bring it in", ids.DROPPED_YES, told.id, style="primary", about=told.name)
    no = button("Leave it", ids.DROPPED_LEAVE, told.id, about=told.name)
    return [yes, no] if told.rows else [no]


def dropped_admin_note(told: Dropped) -> Message:
    """To an admin: who brings in what, and where it is much, whether they may."""
    what = f"{count(told.rows, 'row')} of {plain(told.name, 100)}"
    if told.stage is Stage.WAITS:
        words = f"{mention(told.by)} asks to bring in {what}. An admin confirms files of more than {FREELY:,} rows."
        allow = button("Allow", ids.DROPPED_ALLOW, told.id, about="the file")
        return Message(
            text=words, blocks=[section(words), actions(allow, block_id=f"dropped.{told.id}.admin")]
        )
    allowed = f" {mention(told.allowed_by)} allowed it." if told.allowed_by not in (None, told.by) else ""
    words = f"{mention(told.by)} brings in {what}.{allowed}"
    if told.stage is Stage.DONE:
        words = f"{mention(told.by)} brought in {what}: {_sum(told)}.{allowed}"
    elif told.stage is Stage.REFUSED:
        words = f"{mention(told.by)} wanted to bring in {what}; it ended early: {_sum(told)}.{allowed}"
    return Message(text=words, blocks=[section(words)])


def _sum(told: Dropped) -> str:
    return (
        f"{told.new:,} new, {told.changed:,} changed, {told.unchanged:,} unchanged, {told.refused:,} refused"
    )


def back_words(told: Dropped) -> str:
    """With the file of refused rows."""
    return (
        f"{count(told.refused, 'row')} of {plain(told.name, 100)} could not be brought in; each says why."
        " Mend them in this file and drop it here."
    )


def _back(told: Dropped) -> str:
    if not told.refused:
        return ""
    if told.words == NOT_GIVEN_BACK:
        return f" The refused rows could not be given back: {NOT_GIVEN_BACK}"
    return f" The refused rows are in {plain(told.rejects_name, 100)}, each with its reason."

"""/truce settings: admins change the agreement in windows, both sides are told of each version; and `truce settings`."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from bot import ids, setting_changes, setting_forms
from bot.agreement import Agreement
from bot.errors import Refused
from bot.setting_fields import said
from bot.settings import Unfit, Written, load, written
from bot.settings.writing import rewritten
from bot.settings.written import different
from bot.text import one_line
from bot.version_notes import kept_words
from handlers.payloads import (
    Answer,
    Beside,
    Change,
    Click,
    Open,
    Routes,
    Said,
    Say,
    Submission,
    Wrong,
    of_workspace,
    shown,
)
from storage.db import Space
from storage.people import People
from storage.versions import Versions

HELP = """The settings that are in force, beside those in app.yaml.

What admins change in Slack holds, whatever app.yaml says; this names each key where both differ. With --write the file
says what is in force: only those keys are changed in it, its comments stay. Nothing here needs Slack.
"""


@dataclass(frozen=True, slots=True)
class SettingsHandlers:
    versions: Versions
    people: People
    agreement: Agreement
    now: Callable[[], datetime]

    @classmethod
    def of(cls, space: Space, agreement: Agreement, now: Callable[[], datetime]) -> "SettingsHandlers":
        return cls(Versions(space), People(space), agreement, now)

    def routes(self) -> Routes:
        return Routes(
            commands={"settings": self.tell},
            actions={ids.SETTING: self.ask},
            choices={ids.TEAM_UP: self.move_up, ids.TEAM_REMOVE: self.remove},
            forms={ids.SETTING_FORM: self.keep},
        )

    async def tell(self, said: Said) -> Answer:
        await self.versions.need_admin(said.by, self.agreement)
        return Open(view=setting_forms.overview(self.agreement))

    async def ask(self, click: Click) -> Answer:
        await self.versions.need_admin(click.by, self.agreement)
        return shown(click, setting_forms.window(click.value, self.agreement))

    async def keep(self, form: Submission) -> Say | Wrong | None:
        asked, number = setting_forms.read_about(form.about)
        opened = await self.versions.get(number)
        if opened is None:
            raise Refused(setting_changes.GONE)
        try:
            amend = setting_changes.amending(asked, form.values, opened.settings())
            version = await self.versions.change(form.by, self.agreement, amend, self.now())
        except Unfit as unfit:
            (block, words), *others = setting_changes.mistakes(unfit, asked, opened.settings()).items()
            return Wrong(block=block, words=words, others=dict(others))
        if version is None:
            return Say(words="Nothing is changed.")
        here, _ = await self.people.find(version.named())
        return Say(words=kept_words(version, version.named() - here))

    async def move_up(self, click: Click) -> Answer:
        return await self._with_teams(click, setting_changes.moved_up)

    async def remove(self, click: Click) -> Answer:
        return await self._with_teams(click, setting_changes.without_team)

    async def _with_teams(self, click: Click, amend: Callable[[Written, str], Written]) -> Answer:
        try:
            await self.versions.change(
                click.by, self.agreement, lambda told: amend(told, click.value), self.now()
            )
        except Unfit as unfit:
            return Say(words=str(unfit).splitlines()[0])
        in_force = await self.versions.in_force() or self.agreement
        return Change(view=setting_forms.teams_list(in_force))


def settings_command(beside: Beside, config: Callable[[], Path]) -> click.Command:
    """`truce settings`, beside the running bot."""

    @click.command(name="settings", help=HELP)
    @click.option("--write", is_flag=True, help="Put what is in force into the file.")
    @of_workspace
    def settings(workspace: str | None, *, write: bool) -> None:
        path = config()
        file = written(load(path))
        with beside(workspace) as space:
            versions = Versions(space)
            if write:
                told = asyncio.run(versions.to_write(file))
                _write(path, file, told)
                asyncio.run(versions.note_written())
                lines = [
                    f"{key}: {said(key, told.get(key))} (was {said(key, file.get(key))})"
                    for key in different(file, told)
                ]
            else:
                lines = [each.sentence for each in asyncio.run(versions.kept(file))]
        click.echo("\n".join(map(one_line, lines)) or f"{path} says what is in force.")

    return settings


def _write(path: Path, file: Written, told: Written) -> None:
    """Only a text that says just what it has to takes the place of the file. Raises Refused."""
    where = path.resolve()
    new = where.with_name(f"{where.name}.new")
    text = where.read_bytes().decode("utf-8-sig")
    try:
        new.write_text(rewritten(text, file, told), encoding="utf-8", newline="")
        if different(written(load(new)), told):
            raise Refused(f"{path} is written in a way that I cannot change: please do it by hand.")
        _take_the_place_of(where, new)
    finally:
        new.unlink(missing_ok=True)


def _take_the_place_of(file: Path, new: Path) -> None:
    """In one step; a file that is mounted alone (as in containers) is filled anew."""
    shutil.copymode(file, new)
    try:
        new.replace(file)
    except OSError:
        file.write_bytes(new.read_bytes())

"""/truce settings: admins change the agreement in windows; both sides are told of each version."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot import ids, setting_forms
from bot.agreement import Agreement
from bot.errors import Refused
from bot.jobs import Sight
from bot.posts import Posting
from bot.settings import Unfit, Written
from bot.version_notes import kept_words, version_note
from handlers.payloads import Answer, Change, Click, Open, Routes, Said, Say, Submission, Wrong, shown
from storage.db import Space
from storage.versions import Versions


@dataclass(frozen=True, slots=True)
class SettingsHandlers:
    versions: Versions
    agreement: Agreement
    now: Callable[[], datetime]

    @classmethod
    def of(cls, space: Space, agreement: Agreement, now: Callable[[], datetime]) -> "SettingsHandlers":
        return cls(Versions(space), agreement, now)

    def routes(self) -> Routes:
        return Routes(
            commands={"settings": self.tell},
            actions={ids.SETTING: self.ask},
            choices={ids.TEAM_UP: self.move_up, ids.TEAM_REMOVE: self.remove},
            forms={ids.SETTING_FORM: self.keep},
        )

    def renderers(self) -> Mapping[Sight, Callable[[str, datetime], Awaitable[Posting | None]]]:
        return {Sight.AGREEMENT: self.note}

    async def note(self, about: str, _now: datetime) -> Posting | None:
        number, _, channel = about.partition("|")
        version = await self.versions.get(int(number))
        if version is None:
            return None
        return Posting(channel=channel, message=version_note(version, self.agreement))

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
            raise Refused(setting_forms.GONE)
        try:
            amend = setting_forms.amending(asked, form.values, opened.settings())
            version = await self.versions.change(form.by, self.agreement, amend, self.now())
        except Unfit as unfit:
            block, words = setting_forms.block_of(unfit, asked)
            return Wrong(block=block, words=words)
        return Say(words="Nothing is changed." if version is None else kept_words(version))

    async def move_up(self, click: Click) -> Answer:
        return await self._with_teams(click, setting_forms.moved_up)

    async def remove(self, click: Click) -> Answer:
        return await self._with_teams(click, setting_forms.without_team)

    async def _with_teams(self, click: Click, amend: Callable[[Written, str], Written]) -> Answer:
        try:
            await self.versions.change(
                click.by, self.agreement, lambda told: amend(told, click.value), self.now()
            )
        except Unfit as unfit:
            return Say(words=str(unfit).splitlines()[0])
        in_force = await self.versions.in_force() or self.agreement
        return Change(view=setting_forms.teams_list(in_force))

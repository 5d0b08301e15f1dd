"""/truce agreement: what both sides agreed on, in words; signatures of their heads, and suggestions of everybody."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot import ids, signing
from bot.agreement import Agreement
from bot.jobs import Sight
from bot.posts import Posting
from bot.version_notes import MOST_VERSIONS, changes_view, version_note
from handlers.payloads import Answer, Change, Click, Open, Routes, Said, Say, Submission, Wrong, shown
from storage.db import Space
from storage.signing import Signing


@dataclass(frozen=True, slots=True)
class AgreementHandlers:
    signing: Signing
    agreement: Agreement
    now: Callable[[], datetime]

    @classmethod
    def of(cls, space: Space, agreement: Agreement, now: Callable[[], datetime]) -> "AgreementHandlers":
        return cls(Signing(space, agreement), agreement, now)

    def routes(self) -> Routes:
        return Routes(
            commands={"agreement": self.tell},
            actions={
                ids.AGREEMENT: self.read,
                ids.SIGN: self.sign,
                ids.SUGGEST: self.ask,
                ids.CHANGES: self.look_back,
            },
            forms={ids.SUGGEST_FORM: self.suggest},
        )

    def renderers(self) -> Mapping[Sight, Callable[[str, datetime], Awaitable[Posting | None]]]:
        return {Sight.AGREEMENT: self.note, Sight.SUGGESTION: self.suggested}

    async def note(self, about: str, _now: datetime) -> Posting | None:
        number, _, channel = about.partition("|")
        signed = await self.signing.get(int(number))
        return (
            None if signed is None else Posting(channel=channel, message=version_note(signed, self.agreement))
        )

    async def suggested(self, about: str, _now: datetime) -> Posting | None:
        ident, _, person = about.partition("|")
        found = await self.signing.suggestion(ident)
        return None if found is None else Posting(channel=person, message=signing.suggestion_note(found))

    async def tell(self, said: Said) -> Answer:
        return Open(view=signing.agreement_view(await self.signing.read(said.by), self.agreement))

    async def read(self, click: Click) -> Answer:
        return shown(click, signing.agreement_view(await self.signing.read(click.by), self.agreement))

    async def look_back(self, click: Click) -> Answer:
        versions = await self.signing.so_far(click.by, int(click.value), MOST_VERSIONS)
        return shown(click, changes_view(versions, self.agreement))

    async def sign(self, click: Click) -> Answer:
        signed = await self.signing.sign(int(click.value), click.by, self.now())
        if click.view is None:
            return None  # the message shows it
        return Change(view=signing.agreement_view(signed, self.agreement))

    async def ask(self, click: Click) -> Answer:
        await self.signing.read(click.by)
        return shown(click, signing.suggest_form(click.value))

    async def suggest(self, form: Submission) -> Say | Wrong | None:
        words = signing.read_suggestion(form.values)
        await self.signing.suggest(int(form.about), form.by, words, self.now())
        return Say(words="The heads of both sides will read it.")

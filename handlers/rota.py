"""/truce rota: whose turn it is, and what each has had."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.agreement import Agreement
from bot.rota import rota_words
from handlers.payloads import Routes, Said, Say
from storage.db import Space
from storage.rota import Rotas


@dataclass(frozen=True, slots=True)
class RotaHandlers:
    rotas: Rotas
    agreement: Agreement
    now: Callable[[], datetime]

    @classmethod
    def of(cls, space: Space, agreement: Agreement, now: Callable[[], datetime]) -> "RotaHandlers":
        return cls(Rotas(space, agreement), agreement, now)

    def routes(self) -> Routes:
        return Routes(commands={"rota": self.tell})

    async def tell(self, said: Said) -> Say:
        now, cap = self.now(), self.agreement.leads.cap
        teams = await self.rotas.of(said.by, now)
        return Say(words="\n\n".join(rota_words(team, week, now, cap=cap) for team, week in teams))

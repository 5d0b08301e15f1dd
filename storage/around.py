"""What is around the leads of one transaction: rotas, refusals of before, colleagues who know the company.

It moves on with each decision, so that leads that are offered together share what is there.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from typing import Final

from sqlalchemy import bindparam, select
from sqlmodel import Session

from bot import rota
from bot.agreement import Agreement
from bot.leads.decision import Decision, Facts
from bot.leads.lead import Lead
from bot.reasons import REASONS, Then
from bot.teams import TeamNow
from storage.tables import HANDOFF, REJECTION
from storage.teams import team_now


class Around:
    """Read in the transaction, with the turn of dealing taken where leads are offered."""

    def __init__(self, session: Session, workspace: str, agreement: Agreement) -> None:
        self._session, self._workspace, self._agreement = session, workspace, agreement
        self._teams: dict[str, TeamNow] = {}
        self._noes: dict[str, frozenset[str]] = {}

    def look(self, leads: Collection[Lead]) -> None:
        """Read it for these leads."""
        for team in self._agreement.settings.teams_in_force:
            if team.offer == "rotation" and team.name not in self._teams:
                self._teams[team.name] = team_now(self._session, self._workspace, self._agreement, team.name)
        self._noes = self._refusals([lead.id for lead in leads if lead.handoff is not None])

    def told(self, facts: Facts, lead: Lead) -> Facts:
        """The facts, with what is around this lead."""
        team = facts.team
        if team is not None:
            team = self._teams.get(team.team.name, team)
        return replace(facts, teams=self._teams, team=team, noes=self._noes.get(lead.id, frozenset()))

    def after(self, decision: Decision) -> None:
        """What was decided holds for who comes next."""
        if decision.moves:
            self._teams = {name: rota.after(team, decision.moves) for name, team in self._teams.items()}

    def _refusals(self, leads: Collection[str]) -> dict[str, frozenset[str]]:
        """Who rejected these leads before, for another reason than the time."""
        found: dict[str, set[str]] = defaultdict(set)
        if leads:
            these = {"workspace": self._workspace, "ids": sorted(leads), "later": _LATER}
            for row in self._session.execute(_REFUSALS, these):
                found[row.lead].add(row.by)
        return {lead: frozenset(who) for lead, who in found.items()}


_LATER: Final = [reason.code for reason in REASONS.values() if reason.then is Then.RETURNED]
_REFUSALS: Final = (
    select(HANDOFF.c.lead, REJECTION.c.by)
    .select_from(
        HANDOFF.join(
            REJECTION,
            (REJECTION.c.workspace == HANDOFF.c.workspace) & (REJECTION.c.handoff == HANDOFF.c.id),
        )
    )
    .where(
        HANDOFF.c.workspace == bindparam("workspace"),
        HANDOFF.c.lead.in_(bindparam("ids", expanding=True)),
        REJECTION.c.taken_back_at.is_(None),
        REJECTION.c.reason.not_in(bindparam("later", expanding=True)),
    )
)

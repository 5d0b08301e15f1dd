"""The rota, kept: what was decided moves it, in the transaction that decided.

Who offers leads in turn has the workspace's turn (`take_turn` of `OFFERING`), before any lead is locked: so the rota
that an offer read is the one that it moves. Moves without an offer only add to rows, and need no turn.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import case, func, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.errors import Refused
from bot.leads.decision import UNKNOWN_YET
from bot.leads.lead import Verdict
from bot.people import Person, Role
from bot.rota import UNCHANGED, Move
from bot.settings import Team
from bot.teams import TeamNow
from storage.db import Space
from storage.members import people_here
from storage.tables import HANDOFF, ROTA
from storage.teams import team_now
from storage.upsert import Insert, insert_for

OFFERING: Final = "offers"  # the turn of who offers leads: counts of offers and rotas are true for them


def keep(session: Session, workspace: str, moves: Iterable[Move]) -> None:
    """Move the rotas; rows in order of their keys, so that two never wait for each other."""
    together: dict[tuple[str, str], dict[str, Any]] = defaultdict(_nothing)
    for move in moves:
        row = together[move.team, move.rep]
        row["turns"] += move.turns
        row["credit"] += move.credit
        row["refused"] = row["refused"] if move.refused == UNCHANGED else move.refused
        row["last_lead_at"] = move.at or row["last_lead_at"]
    if together:
        rows = [
            {"workspace": workspace, "team": team, "slack_id": rep, **together[team, rep]}
            for team, rep in sorted(together)
        ]
        session.execute(_moving(session.get_bind().dialect.name), rows)


def _nothing() -> dict[str, Any]:
    return {"turns": 0, "credit": 0, "refused": UNCHANGED, "last_lead_at": None}


@cache
def _moving(dialect: str) -> Insert:
    statement = insert_for(dialect, ROTA)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["workspace", "team", "slack_id"],
        set_={
            "turns": ROTA.c.turns + new.turns,
            "credit": ROTA.c.credit + new.credit,
            "refused": case((new.refused == UNCHANGED, ROTA.c.refused), else_=new.refused),
            "last_lead_at": func.coalesce(new.last_lead_at, ROTA.c.last_lead_at),
        },
    )


class Rotas:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement

    async def of(self, by: str, now: datetime) -> list[tuple[TeamNow, Mapping[str, int]]]:
        """The teams that this person takes leads in or manages, each with the leads it took this week, by rep.

        Raises Refused to who has nothing to do with any of them.
        """

        def work(session: Session) -> list[tuple[TeamNow, Mapping[str, int]]]:
            person = people_here(session, self._space.workspace, [by], self._agreement.places).get(by)
            if person is None:
                raise Refused(UNKNOWN_YET)
            seen = [team for team in self._agreement.settings.teams_in_force if self._sees(person, team)]
            if not seen:
                self._agreement.roles.need(person, Role.REP)
            return [(self._now(session, team), self._taken(session, team, now)) for team in seen]

        return await self._space.read(work)

    def _sees(self, person: Person, team: Team) -> bool:
        roles = self._agreement.roles_of(team)
        return any(roles.has(person, role) for role in (Role.REP, Role.MANAGER, Role.ADMIN))

    def _now(self, session: Session, team: Team) -> TeamNow:
        return team_now(session, self._space.workspace, self._agreement, team.name)

    def _taken(self, session: Session, team: Team, now: datetime) -> dict[str, int]:
        """Leads that were offered and accepted since Monday, in the team's zone."""
        zone = self._agreement.calendar_of(team).zone
        monday = now.astimezone(zone).date() - timedelta(days=now.astimezone(zone).weekday())
        query = (
            select(HANDOFF.c.decided_by, func.count())
            .where(
                HANDOFF.c.workspace == self._space.workspace,
                HANDOFF.c.channel == self._agreement.channel_of(team),
                HANDOFF.c.offered_at >= datetime.combine(monday, time(), tzinfo=zone).astimezone(UTC),
                HANDOFF.c.team == team.name,
                HANDOFF.c.verdict == Verdict.ACCEPTED,
            )
            .group_by(HANDOFF.c.decided_by)
        )
        return {row[0]: row[1] for row in session.execute(query)}

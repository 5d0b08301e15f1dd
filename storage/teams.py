"""A team as it is now, read in the transaction that decides: its people, their hours, what they have in hand."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import RowMapping, Select, String, bindparam, cast, func, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.leads.lead import State
from bot.people import Named, Person, Role
from bot.settings import Person as Entry
from bot.settings import Team
from bot.teams import USUAL, Colleague, Presence, Standstill, TeamNow, Why
from bot.working_time import Calendar, Stop, Week, zone_of
from storage import people, standstills
from storage.db import Space
from storage.people import read_person
from storage.tables import LEAD, MEMBER, PERSON, PRESENCE, ROTA


class Teams:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement

    async def calendar(self, slack_id: str) -> Calendar:
        """When this person works; of somebody we do not know, when the team does."""

        def work(session: Session) -> Calendar:
            whom = colleague_now(session, self._space.workspace, self._agreement, slack_id)
            return self._agreement.calendar if whom is None else whom.calendar

        return await self._space.read(work)

    async def colleague(self, slack_id: str, name: str) -> Colleague | None:
        """Somebody who has a lead of the team of this name, in its hours; None: we do not know them, or they have left."""

        def work(session: Session) -> Colleague | None:
            return few_now(session, self._space.workspace, self._agreement, name, [slack_id]).whom(slack_id)

        return await self._space.read(work)

    async def now(self, name: str) -> TeamNow:
        """The team of this name with its people."""
        return await self._space.read(
            lambda session: team_now(session, self._space.workspace, self._agreement, name)
        )


def team_now(
    session: Session, workspace: str, agreement: Agreement, name: str, also: Collection[str] = ()
) -> TeamNow:
    """The team of this name with its people, and `also` these; who left is not among them."""
    team = agreement.team(name)
    people = _concerned(session, workspace, agreement, team, also)
    named = Named(people.values())
    if team.reps is None:
        reps = _members(session, workspace, agreement.channel_of(team), people)
    else:
        reps = _meant(team.reps, named)
    managers = _meant(team.managers or (), named)
    written = agreement.settings.people.heads
    heads = _meant([each for each in (written.sales, written.marketing) if each], named)
    admins = [person for person in people.values() if agreement.roles.has(person, Role.ADMIN)]
    belongs = {person.slack_id for person in (*reps, *managers, *heads, *admins)}
    others = [people[each] for each in sorted(set(also) - belongs) if each in people]
    everyone = {person.slack_id: person for person in (*reps, *managers, *heads, *admins, *others)}
    stops = standstills.of(session, workspace, team.name)
    colleagues = _colleagues(session, workspace, agreement, team, everyone, pauses=_pauses(stops))
    calendar = agreement.calendar_of(team)

    def of(people: Iterable[Person]) -> tuple[Colleague, ...]:
        return tuple(colleagues[person.slack_id] for person in people)

    return TeamNow(
        team=team,
        calendar=calendar,
        reps=of(reps),
        managers=of(managers),
        heads=of(heads),
        admins=of(admins),
        others=of(others),
        stops=_stops(stops),
        closed=_closed(stops),
        gentle_until=standstills.gentle_until(session, workspace, calendar),
    )


def colleague_now(session: Session, workspace: str, agreement: Agreement, slack_id: str) -> Colleague | None:
    """Somebody in the hours of their own team; None: we do not know them, or they have left."""
    person = people.get(session, workspace, slack_id)
    if person is None:
        return None
    home = agreement.home_of(person)
    return few_now(session, workspace, agreement, home.name, [slack_id]).whom(slack_id)


def few_now(
    session: Session, workspace: str, agreement: Agreement, name: str, ids: Collection[str]
) -> TeamNow:
    """The team of this name without its people but these, of whom only their hours are known.

    Enough to say when one of them may be told, or how long a lead has waited on them: asked with every message.
    """
    team = agreement.team(name)
    stops = standstills.of(session, workspace, team.name)
    teams = dict.fromkeys(ids, team.name)
    these = owners_now(session, workspace, agreement, teams, pauses=_pauses(stops)) if teams else {}
    return TeamNow(
        team=team,
        calendar=agreement.calendar_of(team),
        others=tuple(these.values()),
        stops=_stops(stops),
        closed=_closed(stops),
    )


def owners_now(
    session: Session,
    workspace: str,
    agreement: Agreement,
    teams: Mapping[str, str],
    *,
    pauses: tuple[Stop, ...] = (),
) -> dict[str, Colleague]:
    """These people, by the team of a lead that they own: whether they are there, and when they work."""
    people = _people(session, workspace, {"people": sorted(teams)}, _ACTIVE_OF_THESE)
    told = presences(session, workspace, people)
    found = {}
    for slack_id, person in people.items():
        team, presence = agreement.team(teams[slack_id]), told.get(slack_id, Presence())
        calendar = calendar_for(agreement, team, person, presence)
        always = team.hours.disturb == "always"
        found[slack_id] = Colleague(
            person=person, calendar=calendar, presence=presence, always=always, pauses=pauses
        )
    return found


def presences(session: Session, workspace: str, ids: Iterable[str]) -> dict[str, Presence]:
    """What these people have told of their hours; who has told nothing is not there."""
    rows = session.execute(_PRESENCES, {"workspace": workspace, "people": sorted(ids)}).mappings()
    return {row["slack_id"]: _presence(row) for row in rows}


def calendar_for(agreement: Agreement, team: Team, person: Person, presence: Presence) -> Calendar:
    """Somebody's own hours: the team's week and holidays in their zone, or what they said."""
    return _own(agreement.calendar_of(team), person, presence)


def _pauses(stops: Iterable[tuple[Stop, Standstill]]) -> tuple[Stop, ...]:
    return tuple(stop for stop, why in stops if why is Standstill.PAUSE)


def _stops(stops: Iterable[tuple[Stop, Standstill]]) -> tuple[Stop, ...]:
    return tuple(stop for stop, why in stops if why is not Standstill.CLOSED)


def _closed(stops: Iterable[tuple[Stop, Standstill]]) -> tuple[Stop, ...]:
    return tuple(stop for stop, why in stops if why is Standstill.CLOSED)


def _own(common: Calendar, person: Person, presence: Presence) -> Calendar:
    off = presence.days_off
    return Calendar(
        zone=zone_of(person.tz) or common.zone,
        week=presence.week or common.week,
        # Where nothing is added it is the same set, which is its own equal without a look inside.
        holidays=common.holidays.union(off) if off else common.holidays,
    )


def _colleagues(
    session: Session,
    workspace: str,
    agreement: Agreement,
    team: Team,
    people: Mapping[str, Person],
    *,
    pauses: tuple[Stop, ...],
) -> dict[str, Colleague]:
    told = presences(session, workspace, people)
    loads = _loads(session, workspace, people)
    turns = _turns(session, workspace, team.name)
    named = Named(people.values())
    weights = {
        person.slack_id: weight
        for entry, weight in reversed([*agreement.leads.weights.items()])  # the first that means them counts
        for person in named.meant_by(entry)
    }
    common = agreement.calendar_of(team)
    usual = {
        tz: _own(common, person, USUAL) for tz, person in {each.tz: each for each in people.values()}.items()
    }
    found = {}
    for slack_id, person in people.items():
        presence = told.get(slack_id, USUAL)
        alike = presence.week is None and not presence.days_off  # most: they share one calendar
        found[slack_id] = Colleague(
            person=person,
            calendar=usual[person.tz] if alike else _own(common, person, presence),
            presence=presence,
            load=loads.get(slack_id, 0),
            **turns.get(slack_id, {}),
            weight=weights.get(slack_id, 1),
            always=team.hours.disturb == "always",
            pauses=pauses,
        )
    return found


def _people(
    session: Session, workspace: str, whom: Mapping[str, Any], where: Select[Any]
) -> dict[str, Person]:
    rows = session.execute(where, {"workspace": workspace, **whom}).mappings()
    return {row["slack_id"]: read_person(row) for row in rows}


def _concerned(
    session: Session, workspace: str, agreement: Agreement, team: Team, also: Collection[str]
) -> dict[str, Person]:
    """Whoever may have to do with the team: a workspace may have thousands who have not."""
    people = agreement.settings.people
    heads = (each for each in (people.heads.sales, people.heads.marketing) if each)
    entries = (*(team.reps or ()), *(team.managers or ()), *heads, *(people.admins or ()))
    names = {each.name for each in entries}
    query = _concerning(
        admins=people.admins is None,
        groups=any(name.startswith("@") for name in names),
        members=team.reps is None,
    )
    these = {"people": sorted(names.union(also)), "emails": sorted(name.lower() for name in names)}
    there = {"channel": agreement.channel_of(team)} if team.reps is None else {}
    return _people(session, workspace, {**these, **there}, query)


@cache
def _concerning(*, admins: bool, groups: bool, members: bool) -> Select[Any]:
    """People by these ids and addresses; and admins, who is in some user group, the members of a channel."""
    whom = PERSON.c.slack_id.in_(_THESE) | PERSON.c.email.in_(bindparam("emails", expanding=True))
    if admins:
        whom |= PERSON.c.admin.is_(True)
    if groups:
        whom |= cast(PERSON.c.groups, String) != "[]"
    if members:
        whom |= PERSON.c.slack_id.in_(_MEMBERS)
    return _ACTIVE.where(whom)


def _meant(entries: Sequence[Entry], named: Named) -> list[Person]:
    """Whom the settings mean, in their order, each once."""
    found = [person for entry in entries for person in named.meant_by(entry.name)]
    return list({person.slack_id: person for person in found}.values())


def _members(session: Session, workspace: str, channel: str, people: Mapping[str, Person]) -> list[Person]:
    """The full members of a channel."""
    there = set(session.scalars(_MEMBERS, {"workspace": workspace, "channel": channel}))
    return [person for person in people.values() if person.slack_id in there and not person.guest]


def _loads(session: Session, workspace: str, people: Iterable[str]) -> dict[str, int]:
    rows = session.execute(_LOADS, {"workspace": workspace, "people": sorted(people)})
    return {row[0]: row[1] for row in rows}


def _turns(session: Session, workspace: str, team: str) -> dict[str, dict[str, Any]]:
    return {
        row["slack_id"]: {
            "turns": row["turns"],
            "credit": row["credit"],
            "refused": max(row["refused"], 0),
            "last_lead_at": row["last_lead_at"],
        }
        for row in session.execute(_ROTA, {"workspace": workspace, "team": team}).mappings()
    }


def _presence(row: RowMapping) -> Presence:
    week, why = row["week"], row["why"]
    return Presence(
        week=None if week is None else Week.parse(week),
        days_off=tuple(date.fromisoformat(each) for each in row["days_off"]),
        hot_until=row["hot_until"],
        away_from=row["away_from"],
        away_until=row["away_until"],
        why=None if why is None else Why(why),
        past=tuple(Stop(*map(datetime.fromisoformat, each)) for each in row["past"]),
        quiet_from=row["quiet_from"],
        quiet_until=row["quiet_until"],
        dnd_from=row["dnd_from"],
        dnd_until=row["dnd_until"],
        status=row["status"],
    )


def presence_row(workspace: str, slack_id: str, told: Presence) -> dict[str, Any]:
    return {
        "workspace": workspace,
        "slack_id": slack_id,
        "week": None if told.week is None else told.week.written(),
        "days_off": [day.isoformat() for day in told.days_off],
        "hot_until": told.hot_until,
        "away_from": told.away_from,
        "away_until": told.away_until,
        "why": told.why,
        "past": [[begin.isoformat(), end.isoformat()] for begin, end in told.past],
        "quiet_from": told.quiet_from,
        "quiet_until": told.quiet_until,
        "dnd_from": told.dnd_from,
        "dnd_until": told.dnd_until,
        "status": told.status,
    }


_THESE: Final[Any] = bindparam("people", expanding=True)
_PRESENCES: Final = select(PRESENCE).where(
    PRESENCE.c.workspace == bindparam("workspace"), PRESENCE.c.slack_id.in_(_THESE)
)
_MEMBERS: Final = select(MEMBER.c.slack_id).where(
    MEMBER.c.workspace == bindparam("workspace"), MEMBER.c.channel == bindparam("channel")
)
_ACTIVE: Final = (
    select(PERSON)
    .where(
        PERSON.c.workspace == bindparam("workspace"),
        PERSON.c.deactivated.is_(False),
        PERSON.c.bot.is_(False),
        PERSON.c.external.is_(False),
    )
    .order_by(PERSON.c.name, PERSON.c.slack_id)
)
_ACTIVE_OF_THESE: Final = _ACTIVE.where(PERSON.c.slack_id.in_(_THESE))
_LOADS: Final = (
    select(LEAD.c.owner, func.count())
    .where(
        LEAD.c.workspace == bindparam("workspace"),
        LEAD.c.owner.in_(_THESE),
        LEAD.c.state == State.ACCEPTED,
        LEAD.c.contacted_at.is_(None),
    )
    .group_by(LEAD.c.owner)
)
_ROTA: Final = select(ROTA).where(
    ROTA.c.workspace == bindparam("workspace"), ROTA.c.team == bindparam("team")
)

"""What a retro is drawn from and whom it concerns: the deal with all that was done with its leads."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import String, cast, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.deals import Deal
from bot.home import Change
from bot.people import Person
from bot.retros.asking import Circle
from bot.retros.looks import RetroSight
from bot.retros.retro import Reply, Retro, RetroState
from bot.retros.story import Past, story
from bot.teams import Colleague
from storage import deals, people
from storage.campaigns import campaign_of
from storage.lead_rows import COLUMNS, WITH_REJECTION, load, read_lead, touches_of
from storage.tables import DEAL, HANDOFF, LEAD, PERSON, REJECTION, RETRO, RETRO_REPLY
from storage.teams import team_now


def sight(session: Session, workspace: str, agreement: Agreement, retro: Retro) -> RetroSight:
    """All that its messages are drawn from."""
    deal = deals.get(session, workspace, retro.id)
    pasts = _pasts(session, workspace, deal)
    names = people.names(session, workspace, _named(retro, pasts))

    def who(slack_id: str) -> str:
        return names.get(slack_id, "Somebody" if slack_id.startswith(("U", "W")) else slack_id)

    return RetroSight(
        retro=retro,
        deal=deal,
        story=story(deal, pasts, deal.closed_at or retro.noted_at, who, agreement),
        company=next((past.lead.company for past in pasts if past.lead.company), ""),
        leads=tuple(past.lead for past in pasts),
        who=who,
        agreement=agreement,
        replies=_replies(session, workspace, retro.id),
        campaigns=tuple(dict.fromkeys(_campaigns(pasts))),
        segment=tuple(dict.fromkeys(each for past in pasts for each in _segment(past) if each)),
    )


def _replies(session: Session, workspace: str, retro: str) -> tuple[Reply, ...]:
    query = (
        select(RETRO_REPLY.c.ts, RETRO_REPLY.c.by, RETRO_REPLY.c.words)
        .where(RETRO_REPLY.c.workspace == workspace, RETRO_REPLY.c.retro == retro)
        .order_by(RETRO_REPLY.c.ts)
    )
    return tuple(Reply(**row) for row in session.execute(query).mappings())


def _campaigns(pasts: Iterable[Past]) -> Iterable[str]:
    touches = sorted((each for past in pasts for each in past.touches), key=lambda touch: touch.at)
    yield from (touch.campaign for touch in touches if touch.campaign)
    yield from (past.lead.campaign for past in pasts if past.lead.campaign)


def _segment(past: Past) -> Iterable[str]:
    return (past.lead.text(path) for path in ("company.industry", "company.country"))


def circle(session: Session, workspace: str, agreement: Agreement, retro: Retro) -> Circle:
    """Who of those who are here had to do with the deal."""
    deal = deals.get(session, workspace, retro.id)
    pasts = _pasts(session, workspace, deal)
    contacts = Counter(str(touch.by) for past in pasts for touch in past.touches if touch.by)
    # Whom Slack had not told us of when the deal closed, we may know by now.
    told = _by_address(session, workspace, agreement, deal.owner) if deal.owner else None
    owners = [owner for owner in (retro.owner or told, *(past.lead.owner for past in pasts)) if owner]
    named = [_by_address(session, workspace, agreement, each) for each in deal.people]
    first = min(pasts, key=lambda past: past.lead.occurred_at, default=None)
    handed = [handoff.handed_by for past in ([first] if first else []) for handoff in past.handoffs]
    written = [each.name for each in agreement.settings.people.marketers or ()]
    campaign = next(iter(_campaigns(pasts)), None)
    marketers = [
        *([campaign_of(session, workspace, f"campaign:{campaign}").owner] if campaign else []),
        *handed,
        *(_by_address(session, workspace, agreement, each) for each in written),
    ]
    workers = {*contacts, *owners, *(each for each in named if each)}
    here = _here(session, workspace, {*workers, *(each for each in marketers if each)})
    owner = next((here[each] for each in owners if each in here), None)
    return Circle(
        owner=None if owner is None else owner.slack_id,
        marketer=next((each for each in marketers if each in here), None),
        managers=_managers(session, workspace, agreement, owner),
        workers={each: contacts[each] for each in workers if each in here},
    )


def changes_of(session: Session, workspace: str, person: str) -> list[Change]:
    """The changes that somebody is to make, the first due first."""
    both = (DEAL.c.workspace == RETRO.c.workspace) & (DEAL.c.id == RETRO.c.id)
    query = (
        select(RETRO.c.id, RETRO.c.action, DEAL.c.external_id, DEAL.c.fields)
        .select_from(RETRO.join(DEAL, both))
        .where(
            RETRO.c.workspace == workspace,
            RETRO.c.state == RetroState.ACTING,
            RETRO.c.action["who"].as_string() == person,
        )
    )
    found = [
        Change(
            retro=row.id,
            title=str(row.fields.get("name") or row.external_id),
            what=row.action["what"],
            due=date.fromisoformat(row.action["due"]),
        )
        for row in session.execute(query)
    ]
    return sorted(found, key=lambda each: (each.due, each.retro))


def keepers(session: Session, workspace: str, agreement: Agreement) -> list[Colleague]:
    """Those who keep customers, by `people.success`: people, and who is in a user group of Slack."""
    told = [each.name for each in agreement.settings.people.success]
    named = [_by_address(session, workspace, agreement, each) for each in told]
    grouped = _in_groups(session, workspace, told) if None in named else []
    ids = [each for each in dict.fromkeys((*named, *grouped)) if each]
    team = team_now(session, workspace, agreement, "", ids) if ids else None
    found = [team.whom(each) for each in ids] if team else []
    return [each for each in found if each is not None]


def _in_groups(session: Session, workspace: str, told: Sequence[str]) -> list[str]:
    """Who is in one of these user groups."""
    query = select(PERSON.c.slack_id).where(
        PERSON.c.workspace == workspace, cast(PERSON.c.groups, String) != "[]"
    )
    found = [
        people.get(session, workspace, each) for each in session.scalars(query.order_by(PERSON.c.slack_id))
    ]
    return [each.slack_id for each in found if each is not None and any(map(each.answers_to, told))]


def _managers(session: Session, workspace: str, agreement: Agreement, owner: Person | None) -> Sequence[str]:
    name = "" if owner is None else agreement.home_of(owner).name
    return [each.id for each in team_now(session, workspace, agreement, name).managers]


def _by_address(session: Session, workspace: str, agreement: Agreement, told: str) -> str | None:
    find = people.by_email if "@" in told else people.get
    person = find(session, workspace, agreement.roles.address(told) if "@" in told else told)
    return None if person is None else person.slack_id


def _here(session: Session, workspace: str, ids: Iterable[str]) -> dict[str, Person]:
    """Those of these people who can be asked: of this workspace, and not gone."""
    known = [people.get(session, workspace, each) for each in sorted(ids)]
    return {
        person.slack_id: person
        for person in known
        if person is not None and not (person.deactivated or person.external or person.bot)
    }


def _pasts(session: Session, workspace: str, deal: Deal) -> list[Past]:
    """The leads that the deal grew from, with all that was done with them."""
    ids = deals.leads_of(session, workspace, deal.id)
    leads, touches = load(session, workspace, ids), touches_of(session, workspace, ids)
    both = (LEAD.c.workspace == HANDOFF.c.workspace) & (LEAD.c.id == HANDOFF.c.lead)
    query = (
        select(*COLUMNS)
        .select_from(HANDOFF.join(LEAD, both).outerjoin(REJECTION, WITH_REJECTION))
        .where(HANDOFF.c.workspace == workspace, HANDOFF.c.lead.in_(ids))
        .order_by(HANDOFF.c.number)
    )
    told = [read_lead(row) for row in session.execute(query).mappings()] if ids else []
    return [
        Past(
            lead=leads[lead],
            touches=touches[lead],
            handoffs=tuple(each.handoff for each in told if each.id == lead and each.handoff is not None),
        )
        for lead in ids
    ]


def _named(retro: Retro, pasts: Iterable[Past]) -> set[str]:
    action = retro.action
    named = {retro.owner, action and action.who, *(seat.person for seat in retro.seats)}
    named |= {answer.by for answer in retro.answers}
    for past in pasts:
        named |= {touch.by for touch in past.touches}
        named |= {handoff.decided_by for handoff in past.handoffs}
    return {person for person in named if person}

"""Two weeks of a company as somebody would note them on paper, with dice; and the same weeks lived through storage.

Real leads and deals where they lie beside the project, invented ones from a plain clone. Nothing here counts.
"""

import csv
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlmodel import Session

from bot.arrivals import DealArrival, LeadArrival, Touch
from bot.leads.commands import Accept, Command, Contact, Dispute, Plan, Reject, Rise, Shown, Undo
from bot.leads.lead import Handoff, Lead
from bot.leads.wait import Rung, Stage
from bot.nudges import Nudge
from bot.retros.retro import RetroState
from bot.voices import Voice
from bot.working_time import Waited
from storage import nudge_rows
from storage.retros import Retros
from storage.tables import DEAL, NUDGE, RETRO
from storage.voices import Voices
from tests.bot.examples import agreement
from tests.storage.desk import Desk

# Real data, where they lie beside the project.
ABOVE: Final = [each / "shared" / "data" for each in Path(__file__).parents]
DATA: Final = next((each for each in ABOVE if each.exists()), None)
ONE_IN: Final = 3  # of the real leads: these weeks have hundreds
LONDON: Final = ZoneInfo("Europe/London")
MONDAY: Final = date(2018, 2, 12)  # a week in which both have many
BEFORE: Final = MONDAY - timedelta(days=7)
NOW: Final = datetime(2018, 2, 21, 12, tzinfo=UTC)  # a Wednesday: not all is decided, or late
HOT: Final = "social"  # a source of both
SLOW_REASONS: Final = ("no_budget", "no_need", "not_now", "other")
OURS: Final = agreement(
    leads={"require": [], "hot": {"sources": [HOT]}, "flood": {"offers": 100_000, "older_than": "3650d"}}
)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
Step = LeadArrival | DealArrival | tuple[str, Callable[[Lead], Command]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """A lead, when its card was there, and what became of it by now."""

    name: str
    at: datetime
    source: str
    campaign: str
    card_after: int  # milliseconds
    verdict: str | None = None
    reason: str | None = None
    decided_at: datetime | None = None
    accepted_at: datetime | None = None  # before it was rejected after all, or taken back
    contacted_at: datetime | None = None
    disputed_at: datetime | None = None
    undone_at: datetime | None = None

    @property
    def over(self) -> datetime:
        """The last moment at which somebody did something with it."""
        moments = (self.decided_at, self.contacted_at, self.disputed_at, self.undone_at)
        return max([self.at, *(each for each in moments if each)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """A deal; `at` is its close, or when an open one was opened."""

    name: str
    state: str
    at: datetime
    amount: int
    currency: str
    lead: str | None
    heard_at: datetime
    planned: bool = False  # a next step of its lead

    @property
    def won(self) -> bool:
        return self.state == "won"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A reminder of a lead, and when anybody acted on it."""

    lead: str
    rung: str
    at: datetime
    acted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What came of the look back at a deal: a summary, a change that was proposed, and who does it until when."""

    deal: str
    summed_at: datetime
    proposed: bool
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    theme: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    came: Sequence[Came]
    sold: Sequence[Sold]
    told: Sequence[Told] = ()
    looked: Sequence[Looked] = ()
    heard: Sequence[Heard] = ()
    by_name: dict[str, Came] = field(default_factory=dict)


def real_leads(data: Path) -> list[tuple[str, date, str, str]]:
    with (data / "olist_mql" / "olist_marketing_qualified_leads_dataset.csv").open() as file:
        return [
            (
                row["mql_id"],
                date.fromisoformat(row["first_contact_date"]),
                row["origin"] or "unknown",
                row["landing_page_id"],
            )
            for row in csv.DictReader(file)
        ]


def real_deals(data: Path) -> list[tuple[str, str, int]]:
    states = {"Won": "won", "Lost": "lost", "Engaging": "open", "Prospecting": "open"}
    with (data / "maven_crm" / "sales_pipeline.csv").open() as file:
        deals = [
            (row["opportunity_id"], states[row["deal_stage"]], int(float(row["close_value"] or 900)))
            for row in csv.DictReader(file)
        ]
    return [*deals[:150], *[each for each in deals[150:] if each[1] == "open"][:12]]


def invented_leads(dice: random.Random) -> list[tuple[str, date, str, str]]:
    days = [BEFORE + timedelta(days=dice.randrange(14)) for _ in range(120)]
    return [
        (f"lead{n}", day, dice.choice(["social", "email", "unknown"]), f"page{dice.randrange(9)}")
        for n, day in enumerate(days)
    ]


def invented_deals(dice: random.Random) -> list[tuple[str, str, int]]:
    states = ["won", "won", "won", "lost", "lost", "open"]
    return [(f"deal{n}", dice.choice(states), dice.randrange(5000)) for n in range(60)]


def story(dice: random.Random, data: Path | None) -> Paper:
    """Two weeks, decided with dice: most accepted, some rejected, some taken back, some still waiting."""
    leads = invented_leads(dice) if data is None else real_leads(data)[::ONE_IN]
    last = MONDAY + timedelta(days=7)
    came = [_came(dice, each) for each in sorted(leads) if BEFORE <= each[1] < last]
    deals = invented_deals(dice) if data is None else real_deals(data)
    sold = [_sold(dice, *each, came) for each in deals]
    closed = [each for each in sold if each.state != "open" and each.heard_at == each.at]
    return Paper(
        came=came,
        sold=sold,
        told=[_told(dice, each) for each in dice.sample(came, min(60, len(came)))],
        looked=[_looked(dice, each) for each in closed[::3] if each.at < NOW - timedelta(days=2)],
        heard=[
            Heard(theme=dice.choice(["Price", "price", "setup"]), words=f"So they said, {n}.", at=_some(dice))
            for n in range(9)
        ],
        by_name={each.name: each for each in came},
    )


def _some(dice: random.Random) -> datetime:
    """A moment of these weeks."""
    midnight = datetime.combine(BEFORE, time(), LONDON).astimezone(UTC)
    return midnight + timedelta(seconds=dice.randrange(14 * 86_400))


def _came(dice: random.Random, told: tuple[str, date, str, str]) -> Came:
    name, day, source, campaign = told
    at = datetime.combine(day, time(8), LONDON).astimezone(UTC) + timedelta(seconds=dice.randrange(43_200))
    came = Came(name=name, at=at, source=source, campaign=campaign, card_after=dice.randrange(200, 9000))
    first = at + MINUTE * dice.choice([dice.randrange(1, 40), dice.randrange(1, 3000)])
    then = first + MINUTE * dice.choice([dice.randrange(1, 90), dice.randrange(1, 4000)])
    fate = dice.random()
    if fate < 0.5:
        contacted = then if dice.random() < 0.7 else None
        came = replace(came, verdict="accepted", decided_at=first, contacted_at=contacted)
    elif fate < 0.6:
        came = replace(came, verdict="rejected", reason=dice.choice(SLOW_REASONS), accepted_at=first)
        came = replace(came, contacted_at=then, decided_at=then + 40 * MINUTE)
    elif fate < 0.85:
        reason = dice.choice(SLOW_REASONS)
        disputed = first + HOUR if reason in ("no_budget", "no_need") and dice.random() < 0.3 else None
        came = replace(came, verdict="rejected", reason=reason, decided_at=first, disputed_at=disputed)
    elif fate < 0.9:
        came = replace(came, accepted_at=first, undone_at=first + 9 * MINUTE)
    return _by_now(came)


def _by_now(came: Came) -> Came:
    """What is still to come has not happened."""
    if came.contacted_at is not None and came.contacted_at >= NOW:
        came = replace(came, contacted_at=None)
    if came.disputed_at is not None and came.disputed_at >= NOW:
        came = replace(came, disputed_at=None)
    if came.over < NOW:
        return came
    return Came(
        name=came.name, at=came.at, source=came.source, campaign=came.campaign, card_after=came.card_after
    )


def _sold(dice: random.Random, name: str, state: str, amount: int, came: Sequence[Came]) -> Sold:
    """The deals are another company's, of other years: each is told on a day of these weeks, or long after."""
    at = _some(dice)
    heard = at if state != "open" and dice.random() < 0.8 else NOW - HOUR
    verdict = dice.choice(["accepted", "accepted", "rejected", None])
    done = [each for each in came if each.verdict == verdict and not each.disputed_at and each.over < heard]
    lead = dice.choice(done) if done and verdict else None
    planned = lead is not None and lead.verdict == "accepted" and state == "open" and dice.random() < 0.5
    return Sold(
        name=name,
        state=state,
        at=at,
        amount=amount,
        currency=dice.choice(["USD", "USD", "EUR"]),
        lead=None if lead is None else lead.name,
        heard_at=heard,
        planned=planned,
    )


def _told(dice: random.Random, came: Came) -> Told:
    at = _some(dice)
    acted = at + MINUTE * dice.choice([dice.randrange(1, 59), dice.randrange(1, 900)])
    rung = dice.choice([Rung.REMIND, Rung.REMIND, Rung.MANAGER])
    return Told(lead=came.name, rung=rung, at=at, acted_at=acted if dice.random() < 0.8 else None)


def _looked(dice: random.Random, sold: Sold) -> Looked:
    proposed = dice.random() < 0.8
    due = MONDAY + timedelta(days=dice.randrange(-5, 20)) if proposed and dice.random() < 0.5 else None
    summed = sold.at + HOUR * dice.randrange(1, 48)
    return Looked(deal=sold.name, summed_at=summed, proposed=proposed, due=due)


async def live(desk: Desk, paper: Paper) -> None:
    """All of it in its order, as it would have been told and clicked; and at the end every timer, now."""
    ids: dict[str, str] = {}
    steps = [*_steps(paper.came), *_deals(paper)]
    for at, step in sorted(steps, key=lambda each: each[0]):
        if isinstance(step, LeadArrival | DealArrival):
            await desk.intake.keep([step], feed="crm", now=at)
            if isinstance(step, LeadArrival):
                [lead] = await desk.leads.find(f"{step.external_id}@olist.test", 1)
                ids[str(step.external_id)] = lead.id
        else:
            name, command = step
            await desk.leads.change(ids[name], command(await desk.leads.get(ids[name])), at)
    for lead_id in ids.values():
        lead = await desk.leads.get(lead_id)
        await desk.leads.change(lead_id, Rise(handoff=_of(lead).id), NOW)
    await _look_back(desk, paper)
    for heard in paper.heard:
        voice = Voice(at=heard.at, by="UAMY", kind="wish", theme=heard.theme, words=heard.words)
        await Voices(desk.space, desk.agreement).keep(voice)
    handoffs = {name: (lead, _of(await desk.leads.get(lead)).id) for name, lead in ids.items()}
    await desk.space.write(lambda session: _remind(session, desk, paper.told, handoffs))


def _of(lead: Lead) -> Handoff:
    assert lead.handoff is not None
    return lead.handoff


def _steps(came: Sequence[Came]) -> Iterator[tuple[datetime, Step]]:
    for each in came:
        yield each.at, _arrival(each)
        card_at = each.at + timedelta(milliseconds=each.card_after)
        yield card_at, (each.name, lambda lead: Shown(handoff=_of(lead).id))
        first = each.accepted_at or each.decided_at
        if first is not None:  # the timer comes first, as it does between two people
            yield first - timedelta(seconds=1), (each.name, lambda lead: Rise(handoff=_of(lead).id))
        if first is not None and (each.accepted_at or each.verdict == "accepted"):
            yield first, (each.name, lambda _: Accept(by="UAMY"))
        if each.contacted_at is not None:
            yield each.contacted_at, (each.name, lambda _: Contact(by="UAMY"))
        if each.reason is not None and each.decided_at is not None:
            yield each.decided_at, (each.name, _no(each))
        if each.disputed_at is not None:
            yield each.disputed_at, (each.name, _second_look)
        if each.undone_at is not None:
            yield each.undone_at, (each.name, lambda _: Undo(by="UAMY"))


def _arrival(came: Came) -> LeadArrival:
    fields = {
        "contact.name": came.name,
        "contact.email": f"{came.name}@olist.test",
        "source": came.source,
        "campaign": came.campaign,
    }
    touch = Touch(kind="landing_page", at=came.at, campaign=came.campaign)
    return LeadArrival(
        feed="crm", external_id=came.name, occurred_at=came.at, fields=fields, touches=(touch,)
    )


def _no(came: Came) -> Callable[[Lead], Command]:
    until = NOW + timedelta(days=90) if came.reason == "not_now" else None
    no = Reject(by="UAMY", reason=came.reason or "", words=words_of(came), until=until)
    return lambda _: no


def words_of(came: Came) -> str:
    """What the rep wrote of who they passed on."""
    return f"{came.name} wanted something else entirely."


def _second_look(lead: Lead) -> Command:
    no = _of(lead).rejection
    assert no is not None
    return Dispute(by="UEVA", rejection=no.id, words="They have the money.")


def _deals(paper: Paper) -> Iterator[tuple[datetime, Step]]:
    for deal in paper.sold:
        told: dict[str, Any] = {
            "name": deal.name,
            "stage": "Demo" if deal.state == "open" else deal.state,
            "amount": deal.amount * 10_000,
            "currency": deal.currency,
            "opened_at" if deal.state == "open" else "closed_at": deal.at.isoformat(),
            "leads": () if deal.lead is None else (deal.lead,),
        }
        yield deal.heard_at, DealArrival(feed="crm", external_id=deal.name, occurred_at=None, fields=told)
        if deal.planned and deal.lead is not None:
            yield NOW - MINUTE, (deal.lead, lambda _: Plan(by="UAMY", at=NOW + timedelta(days=6)))


async def _look_back(desk: Desk, paper: Paper) -> None:
    """Each retro as it is begun; and what people made of some, straight into its row."""
    here = DEAL.c.workspace == desk.space.workspace
    query = select(DEAL.c.external_id, DEAL.c.id).where(here)
    deals = {row[0]: row[1] for row in await desk.space.read(lambda session: session.execute(query).all())}
    retros = Retros(desk.space, desk.agreement)
    for sold in paper.sold:
        if sold.state != "open":
            await retros.follow(deals[sold.name], sold.heard_at)

    def work(session: Session) -> None:
        for each in paper.looked:
            said = {"change": f"Change after {each.deal}"} if each.proposed else {"well": "The demo."}
            action = {"what": said.get("change"), "who": "UBEN", "due": str(each.due)} if each.due else None
            state = RetroState.ACTING if each.due else RetroState.ENDED
            values = {
                "summed_at": each.summed_at,
                "state": state,
                "answers": [{"said": said}],
                "action": action,
            }
            ours = (RETRO.c.workspace == desk.space.workspace, RETRO.c.id == deals[each.deal])
            session.execute(update(RETRO).where(*ours).values(**values))

    await desk.space.write(work)


def _remind(session: Session, desk: Desk, told: Sequence[Told], handoffs: dict[str, tuple[str, str]]) -> None:
    for number, each in enumerate(told):
        lead, handoff = handoffs[each.lead]
        nudge = Nudge(
            id=f"told{number}",
            lead=lead,
            handoff=handoff,
            stage=Stage.OFFER,
            rung=Rung(each.rung),
            person="UBEN",
            hot=False,
            due_at=each.at,
            at=each.at,
            waited=Waited(60),
        )
        nudge_rows.add(session, desk.space.workspace, [nudge])
        here = (NUDGE.c.workspace == desk.space.workspace, NUDGE.c.id == nudge.id)
        sent = {"reminder": f"UBEN.{number:015}", "acted_at": each.acted_at}
        session.execute(update(NUDGE).where(*here).values(**sent))

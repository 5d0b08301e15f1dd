"""What a manager is told of somebody who is away or gone: all that is open with them, once, and who looks after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final

from slack_sdk.models.blocks import UserSelectElement

from bot import ids, moments
from bot.agreement import Agreement
from bot.arrivals import DealArrival
from bot.blocks import Message, actions, button, field, modal, section
from bot.cards import headline
from bot.deals import Deal
from bot.errors import Refused
from bot.leads.commands import Give, ShareOut
from bot.leads.decision import UNKNOWN_YET
from bot.leads.lead import Lead, State
from bot.people import Person, Role
from bot.rejecting import Values
from bot.retros.commands import PassOn
from bot.teams import Presence
from bot.text import count, fit, on_day, plain
from bot.working_time import zone_of

LISTED: Final = 10  # leads by name, those first where something is due
IN_A_FORM: Final = 20
GONE: Final = "gone"
NOBODY_HERE: Final = "Nobody else who takes leads is here now. Please give it to somebody by name."


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """An open deal of somebody who has left, or a change that they said they would make after one."""

    id: str
    called: str
    deal: Deal | None = None  # None: a change

    @property
    def key(self) -> str:
        return f"{'change' if self.deal is None else 'deal'}:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Somebody who is not here, and what is open with them. `id` names this absence, not another of theirs."""

    person: Person
    told: Presence
    leads: Sequence[Lead]  # theirs, and offered to them alone; what is due first comes first
    now: datetime
    charges: Sequence[Charge] = ()  # of who has left

    @property
    def is_open(self) -> bool:
        return bool(self.leads or self.charges)

    @property
    def id(self) -> str | None:
        """None: they are here."""
        return absence_id(self.person, self.told, self.now)

    @property
    def name(self) -> str:
        return plain(self.person.name, 60)


def absence_id(person: Person, told: Presence, now: datetime) -> str | None:
    if person.deactivated:
        return f"{person.slack_id}@{GONE}"
    if told.away_from is None or not told.away(now):
        return None
    return f"{person.slack_id}@{told.away_from.timestamp():.0f}"


def person_of(absence: str) -> str:
    return absence.partition("@")[0]


def in_order(leads: Sequence[Lead]) -> list[Lead]:
    """What waits for an answer, then for a first contact, then for its next step; the oldest first."""

    def urgency(lead: Lead) -> tuple[int, datetime]:
        rank = (State.OFFERED, State.ACCEPTED, State.WORKING).index(lead.state)
        decided = lead.arrived_at if lead.handoff is None else lead.handoff.decided_at
        return rank, lead.next_step_at or decided or lead.arrived_at

    return sorted(leads, key=urgency)


def absence_note(absence: Absence) -> Message:
    """To a manager: who is away until when, what is open, and who could have it."""
    why = _why(absence)
    if absence.id is None or not absence.is_open:
        words = why if absence.id is None else f"{why} Nothing is open with them."
        return Message(text=words, blocks=[section(words)])
    lines = [f"• {headline(lead)}: {_due(lead)}" for lead in absence.leads[:LISTED]]
    lines += [f"• {fit(plain(each.called), 150)}: {_what(each)}" for each in absence.charges[:LISTED]]
    rest = len(absence.leads) + len(absence.charges) - len(lines)
    if rest > 0:
        lines.append(f"• and {count(rest, 'other')}")
    alone = len(absence.leads) + len(absence.charges) == 1
    open_ones = f"{_all_of(absence)} {'is' if alone else 'are'} open with them."
    asked = "Who takes over?" if absence.person.deactivated else "Who looks after them until then?"
    about, person = absence.person.name, absence.person.slack_id
    return Message(
        text="\n".join([f"{why} {open_ones} {asked}", *lines]),
        blocks=[
            section(f"*{why}* {open_ones} {asked}"),
            section("\n".join(lines)),
            actions(
                button("Give all to...", ids.ABSENCE_GIVE, person, style="primary", about=about),
                button("Share out", ids.ABSENCE_SHARE, person, about=about),
                button("One by one", ids.ABSENCE_EACH, person, about=about),
                block_id=f"absence.{person}",
            ),
        ],
    )


def give_all_form(absence: Absence) -> dict[str, Any]:
    """Who is to have all of it."""
    whom = UserSelectElement(action_id=ids.WHOM, placeholder="Choose a colleague")
    fields = [
        section(f"*{_all_of(absence)}* of {absence.name}"),
        field(ids.WHOM, "Give all to", whom, hint=_hint(absence)),
    ]
    return modal(ids.GIVE_ALL_FORM, "Give all to", fields, submit="Give", about=absence.person.slack_id)


def each_form(absence: Absence) -> dict[str, Any]:
    """A colleague for each of the first leads; who is left out stays."""
    each_of_them = [(lead.id, lead.called) for lead in absence.leads]
    each_of_them += [(each.key, f"{each.called} ({_what(each)})") for each in absence.charges]
    shown = each_of_them[:IN_A_FORM]
    rest = len(each_of_them) - len(shown)
    more = f" {count(rest, 'other')} can be chosen after these." if rest else ""
    fields = [
        section(f"Open with {absence.name}. Those for whom you choose nobody stay as they are.{more}"),
        *(
            field(
                f"{ids.WHOM}.{key}",
                fit(called, 150),
                UserSelectElement(action_id=ids.WHOM, placeholder="Choose a colleague"),
                optional=True,
            )
            for key, called in shown
        ),
        section(_hint(absence)),
    ]
    return modal(ids.EACH_FORM, "One by one", fields, submit="Give", about=absence.person.slack_id)


def read_whom(values: Values) -> str:
    return _chosen(values.get(ids.WHOM, {}))


def read_each(values: Values) -> Mapping[str, str]:
    """The colleague by the id of the lead, or the key of what else there is, where one was chosen."""
    prefix = f"{ids.WHOM}."
    chosen = {
        block.removeprefix(prefix): _chosen(values[block]) for block in values if block.startswith(prefix)
    }
    return {lead: colleague for lead, colleague in chosen.items() if colleague}


def giving(absence: Absence, by: str, colleague: str) -> Give:
    """For who is away it is cover, and goes back; for who is gone it is for good, but for what was not theirs."""
    return Give(by=by, colleague=colleague, **_whose(absence))


def sharing(absence: Absence, by: str) -> ShareOut:
    return ShareOut(by=by, **_whose(absence))


def all_shared(absence: Absence, cap: int | None) -> str:
    shared = f"{_all_of(absence)} of {absence.name}: shared out among who is here"
    if cap is None:
        return f"{shared}."
    return f"{shared} and has room. What nobody has room for stays in the message."


def all_given(absence: Absence) -> str:
    return f"They get {_all_of(absence)} of {absence.name} now."


def need_right(by: Person | None, colleague: Person | None, absence: Absence, agreement: Agreement) -> None:
    """Raises Refused to who may not say who goes on with what somebody has left, or where the colleague cannot."""
    if by is None:
        raise Refused(UNKNOWN_YET)
    agreement.roles_of(agreement.home_of(absence.person)).need(by, Role.MANAGER, Role.ADMIN)
    if colleague is not None and not agreement.has(colleague, Role.REP):
        raise Refused(f"{colleague.name} does not take leads here.", field="whom")


def passing_on(charge: Charge, to: str, by: str) -> DealArrival | PassOn:
    """What is told of the deal, or done with the change."""
    deal = charge.deal
    if deal is None:
        return PassOn(by=by, who=to)
    told = {"owner": to}
    return DealArrival(feed=deal.feed, external_id=deal.external_id, occurred_at=None, fields=told, by=by)


def _all_of(absence: Absence) -> str:
    """2 leads, 1 deal and 1 change."""
    deals = sum(each.deal is not None for each in absence.charges)
    numbers = ((len(absence.leads), "lead"), (deals, "deal"), (len(absence.charges) - deals, "change"))
    *first, last = [count(number, word) for number, word in numbers if number] or ["nothing"]
    return f"{', '.join(first)} and {last}" if first else last


def _what(charge: Charge) -> str:
    return "a change they said they would make" if charge.deal is None else "an open deal"


def _whose(absence: Absence) -> dict[str, str]:
    return {"left_by" if absence.person.deactivated else "cover_for": absence.person.slack_id}


def _why(absence: Absence) -> str:
    if absence.person.deactivated:
        return f"{absence.name} has left."
    if absence.id is None:
        return f"{absence.name} is here again."
    until = absence.told.away_until
    return f"{absence.name} is away{'' if until is None else f' until {their_day(until, absence.person, absence.now)}'}."


def their_day(until: datetime, person: Person, now: datetime) -> str:
    """The day that they said: where it begins, the reader may have the day before still."""
    zone = zone_of(person.tz)
    if zone is None or until.astimezone(zone).time() != time():
        return on_day(until)
    return moments.said(until, now, zone)


def _due(lead: Lead) -> str:
    if lead.state is State.OFFERED:
        return "waits for their answer"
    if lead.state is State.ACCEPTED and not lead.next_step_at:
        return "waits for a first contact"
    return f"next step {on_day(lead.next_step_at)}" if lead.next_step_at else "in touch"


def _hint(absence: Absence) -> str:
    if absence.person.deactivated:
        return "They have them at once, and may hand them back."
    return "They have them at once. What was accepted goes back by itself on return."


def _chosen(block: Mapping[str, Any]) -> str:
    element: Mapping[str, Any] = next(iter(block.values()), {})
    return str(element.get("selected_user") or "")

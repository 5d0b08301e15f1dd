"""The daily message about the campaigns that somebody owns: planned once a day, drawn when it is sent."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.bundles import MOST_NOES, Bundle, No, Row, since
from bot.jobs import Sight, show, to_person
from bot.leads.lead import Verdict
from bot.people import Role
from storage import jobs
from storage.lead_rows import WITH_REJECTION, load
from storage.tables import BUNDLE_OFF, CAMPAIGN, HANDOFF, REJECTION
from storage.teams import team_now
from storage.upsert import insert_new

WITHIN: Final = timedelta(hours=24)  # who cannot be told until then has tomorrow's
KINDS: Final = {
    "handed_over": HANDOFF.c.offered_at,
    "accepted": HANDOFF.c.decided_at,
    "contacted": HANDOFF.c.contacted_at,
}


def plan(session: Session, workspace: str, agreement: Agreement, now: datetime) -> None:
    """Today's for each marketer who owns a campaign, in their own hours; none on a day without work."""
    day = now.astimezone(agreement.calendar.zone).date()
    if not agreement.calendar.blocks(day):
        return
    off = select(BUNDLE_OFF.c.slack_id).where(BUNDLE_OFF.c.workspace == workspace)
    owned = select(CAMPAIGN.c.owner).where(
        CAMPAIGN.c.workspace == workspace, CAMPAIGN.c.owner.is_not(None), CAMPAIGN.c.owner.not_in(off)
    )
    owners = sorted(set(session.scalars(owned)))
    team = team_now(session, workspace, agreement, "", owners)
    work_begins = agreement.calendar.next_opening(_midnight(day, agreement))
    for owner in owners:
        whom = team.whom(owner)
        if whom is None or not agreement.has(whom.person, Role.MARKETER, Role.MANAGER, Role.ADMIN):
            continue
        at = whom.may_be_told(max(now, work_begins))
        about = to_person(f"{day:%Y-%m-%d}", owner)
        if at < now + WITHIN and jobs.once(session, workspace, f"bundle:{about}", now):
            jobs.add(session, workspace, [show(Sight.BUNDLE, about, at, channel=owner)])


def of(session: Session, workspace: str, agreement: Agreement, about: str) -> Bundle:
    """What there is to tell in this message."""
    written, _, owner = about.partition("|")
    end = date.fromisoformat(written)
    begin = since(end, agreement)
    owned = select(CAMPAIGN.c.line).where(CAMPAIGN.c.workspace == workspace, CAMPAIGN.c.owner == owner)
    lines = sorted(session.scalars(owned))
    within = (_midnight(begin, agreement), _midnight(end, agreement))
    noes, in_all = _noes(session, workspace, lines, within)
    return Bundle(
        begin=begin, end=end, rows=_rows(session, workspace, lines, within), noes=noes, noes_in_all=in_all
    )


def switch(session: Session, workspace: str, person: str, *, on: bool) -> None:
    key = {"workspace": workspace, "slack_id": person}
    if on:
        here = (BUNDLE_OFF.c.workspace == workspace, BUNDLE_OFF.c.slack_id == person)
        session.execute(delete(BUNDLE_OFF).where(*here))
    else:
        insert_new(session, BUNDLE_OFF, [key])


def _midnight(day: date, agreement: Agreement) -> datetime:
    return datetime.combine(day, time(), tzinfo=agreement.calendar.zone)


def _rows(
    session: Session, workspace: str, lines: Sequence[str], within: tuple[datetime, datetime]
) -> list[Row]:
    """The lines to which something happened, those with most of it first."""
    found: dict[str, dict[str, Any]] = defaultdict(lambda: {"rejected": {}})
    for kind, moment in KINDS.items():
        query = _counted(workspace, lines, moment, within).group_by(HANDOFF.c.line)
        if kind == "accepted":
            query = query.where(HANDOFF.c.verdict == Verdict.ACCEPTED)
        for row in session.execute(query.add_columns(HANDOFF.c.line)):
            found[row.line][kind] = row.number
    rejected = _rejected(_counted(workspace, lines, HANDOFF.c.decided_at, within))
    for row in session.execute(
        rejected.add_columns(HANDOFF.c.line, REJECTION.c.reason).group_by(HANDOFF.c.line, REJECTION.c.reason)
    ):
        found[row.line]["rejected"][row.reason] = row.number
    rows = [Row(line=line, **told) for line, told in found.items()]
    return sorted(
        rows, key=lambda row: (-row.handed_over - row.accepted - sum(row.rejected.values()), row.line)
    )


def _noes(
    session: Session, workspace: str, lines: Sequence[str], within: tuple[datetime, datetime]
) -> tuple[list[No], int]:
    """Rejections with words, the newest, and how many there are."""
    with_words = _rejected(_counted(workspace, lines, HANDOFF.c.decided_at, within))
    with_words = with_words.where(REJECTION.c.words.is_not(None))
    in_all = session.scalar(with_words) or 0
    query = with_words.with_only_columns(HANDOFF.c.lead, REJECTION.c.reason, REJECTION.c.words)
    rows = session.execute(query.order_by(HANDOFF.c.decided_at.desc(), HANDOFF.c.id).limit(MOST_NOES)).all()
    leads = load(session, workspace, _ids(rows), some=True)
    told = [(leads[row.lead], row) for row in rows if row.lead in leads]
    return [No(called=lead.called, reason=row.reason, words=row.words) for lead, row in told], in_all


def _ids(rows: Iterable[Any]) -> set[str]:
    return {row.lead for row in rows}


def _counted(workspace: str, lines: Sequence[str], moment: Any, within: tuple[datetime, datetime]) -> Any:
    begin, end = within
    return select(func.count().label("number")).where(
        HANDOFF.c.workspace == workspace, HANDOFF.c.line.in_(lines), moment >= begin, moment < end
    )


def _rejected(query: Any) -> Any:
    joined = query.select_from(HANDOFF.join(REJECTION, WITH_REJECTION))
    return joined.where(HANDOFF.c.verdict == Verdict.REJECTED)

"""The figures of a weekly digest as somebody would write them by hand: plain SQL, the same on both databases."""

# ruff: noqa: S608 - our own words alone

from typing import Final

_SET: Final = """
FROM handoff h JOIN lead l ON l.workspace = h.workspace AND l.id = h.lead
LEFT JOIN rejection r ON r.workspace = h.workspace AND r.id = h.rejection
WHERE h.workspace = :workspace AND h.offered_at >= {begin} AND h.offered_at < {end}
"""
_TALLIES: Final = """
SELECT line, source, hot, verdict, waits, reason, disputed, contacted, before, in_time, late, count(*) FROM (
SELECT h.line, h.source, h.hot, h.verdict, r.reason,
  CASE WHEN h.verdict IS NULL AND l.handoff = h.id AND l.state = 'offered' THEN 1 ELSE 0 END AS waits,
  CASE WHEN l.handoff = h.id AND l.state = 'disputed' THEN 1 ELSE 0 END AS disputed,
  CASE WHEN h.contacted_at IS NOT NULL THEN 1 ELSE 0 END AS contacted,
  CASE WHEN h.contacted_at <= h.decided_at THEN 1 ELSE 0 END AS before,
  CASE WHEN h.contacted_at <= h.contact_due THEN 1 ELSE 0 END AS in_time,
  CASE WHEN h.late_at <= h.decided_at THEN 1 ELSE 0 END AS late
{of}) told GROUP BY line, source, hot, verdict, waits, reason, disputed, contacted, before, in_time, late
"""
_WEEKS: Final = ((":begin", ":end"), (":before", ":begin"))
_CURRENT: Final = """
FROM handoff h JOIN lead l ON l.workspace = h.workspace AND l.id = h.lead
WHERE h.workspace = :workspace AND l.handoff = h.id
"""
_LATE: Final = (
    f"{_CURRENT} AND l.state = 'offered' AND h.verdict IS NULL AND h.late_at <= :now",
    f"{_CURRENT} AND l.state = 'accepted' AND h.verdict = 'accepted' AND h.contacted_at IS NULL AND h.contact_due <= :now",
)
_STALLED: Final = f"{_CURRENT} AND l.owner IS NOT NULL AND l.state IN ('accepted', 'working') AND h.stalled"


def _of_a_week(begin: str, end: str) -> list[str]:
    of = _SET.format(begin=begin, end=end)
    spreads = [
        f"SELECT h.{took}, count(*) {of} AND h.{took} IS NOT NULL GROUP BY h.{took}"
        for took in ("took", "contact_took", "shown_after")
    ]
    return [
        _TALLIES.format(of=of),
        *spreads,
        f"SELECT h.team, h.offered_at, h.decided_at {of} AND h.verdict IS NULL AND l.handoff = h.id AND l.state = 'offered'",
        (
            f"SELECT h.team, h.offered_at, h.decided_at {of} AND h.verdict = 'accepted' AND h.contacted_at IS NULL"
            " AND l.handoff = h.id AND l.state IN ('accepted', 'working')"
        ),
        (
            f"SELECT verdict, count(*) FROM handoff WHERE workspace = :workspace AND decided_at >= {begin}"
            f" AND decided_at < {end} AND verdict IS NOT NULL GROUP BY verdict"
        ),
        (
            "SELECT state, currency, count(*), sum(amount) FROM deal WHERE workspace = :workspace"
            f" AND closed_at >= {begin} AND closed_at < {end} AND state IN ('won', 'lost') GROUP BY state, currency"
        ),
    ]


HAND_WRITTEN: Final = (
    *(statement for begin, end in _WEEKS for statement in _of_a_week(begin, end)),
    (
        "SELECT verdict, count(*) FROM handoff WHERE workspace = :workspace AND offered_at >= :long_before"
        " AND offered_at < :begin GROUP BY verdict"
    ),
    "SELECT min(offered_at) FROM handoff WHERE workspace = :workspace",
    *(f"SELECT count(*) {late}" for late in _LATE),
    *(f"SELECT l.id {late} ORDER BY h.offered_at, l.id LIMIT 10" for late in _LATE),
    f"SELECT count(*) {_STALLED}",
    f"SELECT l.id {_STALLED} ORDER BY l.spoke_at, l.id LIMIT 5",
    """SELECT count(*) FROM deal d WHERE d.workspace = :workspace AND d.state = 'open' AND NOT EXISTS (
       SELECT 1 FROM deal_lead dl JOIN lead l ON l.workspace = dl.workspace AND l.id = dl.lead
       WHERE dl.workspace = d.workspace AND dl.deal = d.id AND l.next_step_at > :now)""",
    """SELECT d.id, r.reason FROM deal d JOIN deal_lead dl ON dl.workspace = d.workspace AND dl.deal = d.id
       JOIN handoff h ON h.workspace = dl.workspace AND h.lead = dl.lead
       JOIN rejection r ON r.workspace = h.workspace AND r.handoff = h.id
       WHERE d.workspace = :workspace AND d.state = 'won' AND d.closed_at >= :begin AND d.closed_at < :end""",
    """SELECT d.id, d.amount, t.at, t.campaign FROM deal d
       JOIN deal_lead dl ON dl.workspace = d.workspace AND dl.deal = d.id
       JOIN touch t ON t.workspace = dl.workspace AND t.lead = dl.lead
       WHERE d.workspace = :workspace AND d.state = 'won' AND d.closed_at >= :begin AND d.closed_at < :end
       AND t.by IS NULL""",
    """SELECT n.rung, n.at, n.acted_at, h.team FROM nudge n
       JOIN handoff h ON h.workspace = n.workspace AND h.id = n.handoff
       WHERE n.workspace = :workspace AND n.at >= :begin AND n.at < :end AND n.reminder > ''""",
    f"SELECT r.words {_SET.format(begin=':begin', end=':end')} AND h.verdict = 'rejected' ORDER BY r.at DESC LIMIT 2",
)

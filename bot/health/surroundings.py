"""What is around Truce: settings, database, ports, secrets, and the work that waits."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.health.finding import Check, Finding, Severity, fine
from bot.out.addresses import is_public
from bot.out.sending import OUTSIDE
from bot.text import count


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The database as it is: `place` without its password, and why it cannot be used, if so."""

    place: str
    exists: bool = True
    has: str | None = None
    newest: str | None = None
    known: bool = True  # whether this version of Truce knows the version that the database has
    trouble: str | None = None

    @property
    def usable(self) -> bool:
        """Whether there is something in it that we can read."""
        return self.exists and self.known and self.has is not None and not self.trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """How the work stands: jobs that are due, and those given up; lanes that are stuck, since when; events put aside."""

    due: int = 0
    oldest_due: datetime | None = None
    failed: int = 0
    stuck: Mapping[str, datetime] = field(default_factory=dict)
    quarantined: int = 0


def of_environment(problems: Sequence[str]) -> Iterator[Finding]:
    for problem in problems:
        yield Finding(
            check=Check.ENVIRONMENT, severity=Severity.STOPS, words=f"{problem}.", mend="Mend it in .env."
        )


def of_settings(path: str, problems: Sequence[str]) -> Iterator[Finding]:
    for problem in problems:
        yield Finding(check=Check.SETTINGS, severity=Severity.STOPS, words=problem)
    if not problems:
        yield fine(Check.SETTINGS, f"{path} can be used.")


def of_kept(sentences: Sequence[str]) -> Iterator[Finding]:
    """Where what was changed in Slack goes before the file."""
    mend = "`truce settings --write` puts what is in force into the file."
    for each in sentences:
        yield Finding(check=Check.SETTINGS, severity=Severity.NOTE, words=each, mend=mend)


def of_feeds(secrets: Mapping[str, bool]) -> Iterator[Finding]:
    """Which feeds have a secret."""
    for feed, has in secrets.items():
        if has:
            yield fine(Check.FEEDS, f"The feed {feed} has a secret.")
            continue
        words = f"The feed {feed} has no secret, so nothing is taken from it."
        mend = f"Put TRUCE_SECRET_{feed.upper()}=whsec_... into .env: whsec_ and what `openssl rand -base64 32` prints."
        yield Finding(check=Check.FEEDS, severity=Severity.NOTE, words=words, mend=mend)


def of_out(host: str, variable: str, *, signs: bool) -> Finding:
    """Whether what goes to this host can be signed."""
    if signs:
        return fine(Check.OUT, f"What is told to {host} is signed.")
    words = f"What is to be told to {host} cannot be signed, so it waits, for a day at most."
    mend = f"Put {variable}=whsec_... into .env: whsec_ and what `openssl rand -base64 32` prints."
    return Finding(check=Check.OUT, severity=Severity.HURTS, words=words, mend=mend)


def of_host(host: str, addresses: Collection[str], *, private: bool) -> Finding:
    """Where a host of `out` leads; `private`: it may be of our own network."""
    if not addresses:
        mend = "Look whether `out` in app.yaml has it right."
        words = f"{host} is not found, so nothing can be told there."
        return Finding(check=Check.OUT, severity=Severity.HURTS, words=words, mend=mend)
    if private or all(map(is_public, addresses)):
        return fine(Check.OUT, f"{host} is found, and may be told.")
    words = f"{host} leads into a network of our own, so nothing is told there."
    mend = "If that is meant, name it in TRUCE_OUT_PRIVATE in .env."
    return Finding(check=Check.OUT, severity=Severity.HURTS, words=words, mend=mend)


def of_port(name: str, port: int, *, free: bool, ours: bool) -> Finding:
    if ours:
        return fine(Check.PORTS, f"Truce answers on {name} {port} already.")
    if free:
        return fine(Check.PORTS, f"{name} {port} is free.")
    words = f"{name} {port} is in use by another program."
    return Finding(
        check=Check.PORTS, severity=Severity.STOPS, words=words, mend=f"Set another {name} in .env."
    )


def of_schema(schema: Schema) -> Finding:
    def told(severity: Severity, words: str, mend: str = "") -> Finding:
        return Finding(check=Check.DATABASE, severity=severity, words=f"{schema.place} {words}", mend=mend)

    if schema.trouble:
        return told(Severity.STOPS, f"cannot be used: {schema.trouble}.", "Correct DATABASE_URL in .env.")
    if not schema.exists:
        return told(Severity.FINE, "is made at the first start.")
    if not schema.known:
        mend = "Run the newest Truce, or name another database."
        return told(Severity.STOPS, f"was made by a later Truce ({schema.has}).", mend)
    if schema.has != schema.newest:
        words = f"has version {schema.has or 'none'}; the start brings it to {schema.newest}."
        return told(Severity.NOTE, words, "Or type truce migrate.")
    return told(Severity.FINE, f"has the newest version, {schema.has}.")


def of_work(work: Work) -> Iterator[Finding]:
    """What waits for the operator."""
    if work.failed:
        words = f"{count(work.failed, 'job was', 'jobs were')} given up."
        yield Finding(
            check=Check.WORK, severity=Severity.NOTE, words=words, mend="truce jobs failed shows them."
        )
    for lane, since in work.stuck.items():
        words = f"{lane_in_words(lane)} waits since {since:%Y-%m-%d %H:%M} UTC and does not get on."
        mend = (
            "truce jobs list says what it answers."
            if lane.startswith(OUTSIDE)
            else "The log says what Slack answers."
        )
        yield Finding(check=Check.WORK, severity=Severity.NOTE, words=words, mend=mend)
    if work.quarantined:
        words = f"{count(work.quarantined, 'event')} made no sense and {'is' if work.quarantined == 1 else 'are'} kept."
        mend = "truce quarantine list shows them."
        yield Finding(check=Check.WORK, severity=Severity.NOTE, words=words, mend=mend)


def pulse(work: Work | None, *, alive: bool, version: str, now: datetime) -> dict[str, Any]:
    """How Truce is, for machines. `ok`: it can work, whatever waits for a person; None: the database is silent."""
    told = work or Work()
    oldest = told.oldest_due
    return {
        "ok": alive and work is not None,
        "truce": version,
        "database": {"reachable": work is not None},
        "worker": {"alive": alive},
        "jobs": {
            "due": told.due,
            "oldest_due": None if oldest is None else oldest.isoformat(),
            "oldest_waits_seconds": 0 if oldest is None else round((now - oldest).total_seconds()),
            "failed": told.failed,
        },
        "stuck": [{"lane": lane, "since": since.isoformat()} for lane, since in told.stuck.items()],
        "quarantined": told.quarantined,
    }


def lane_in_words(lane: str) -> str:
    """What stands in a lane: `post:C012AB3CD` is what is posted there."""
    kind, _, where = lane.partition(":")
    named = {"post": f"What is posted in {where}", "redraw": f"What is redrawn in {where}"}
    named["out"] = f"What {where.partition('/')[0]} is to be told"
    return named.get(kind, f"Work of the kind {lane}")

"""A finding: what is, how much it weighs, how it is mended; and the report of all of them, for people and machines."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from bot.errors import Hopeless
from bot.text import count


class Severity(StrEnum):
    STOPS = "stops"  # Truce does not start with it
    HURTS = "hurts"  # it starts, and something does not work until this is mended
    NOTE = "note"  # good to know
    FINE = "fine"
    UNSEEN = "unseen"  # could not be looked at before something else is mended


class Check(StrEnum):
    ENVIRONMENT = "environment"
    SETTINGS = "settings"
    DATABASE = "database"
    TOKENS = "tokens"
    SCOPES = "scopes"
    CLOCK = "clock"
    CHANNELS = "channels"
    HISTORY = "history"
    PEOPLE = "people"
    FEEDS = "feeds"
    OUT = "out"
    PORTS = "ports"
    WORK = "work"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`words` say what is, `mend` what to do about it. No secret is in either."""

    check: Check
    severity: Severity
    words: str
    mend: str = ""

    @property
    def sentence(self) -> str:
        return f"{self.words} {self.mend}".strip()

    @property
    def to_be_mended(self) -> bool:
        return self.severity in (Severity.STOPS, Severity.HURTS)


def unseen(checks: Iterable[Check], before: str) -> Iterator[Finding]:
    """What could not be looked at before something else is mended."""
    for check in checks:
        yield not_seen(check, f"Not looked at before {before}.")


def weigh(findings: Iterable[Finding]) -> list[str]:
    """The warnings of the start, as sentences; raise Hopeless with the sentence of what stops it."""
    told = list(findings)
    for finding in told:
        if finding.severity is Severity.STOPS:
            raise Hopeless(finding.sentence)
    return [each.sentence for each in told if each.severity in (Severity.HURTS, Severity.NOTE)]


AGAIN: Final = "Then run truce doctor again."
_MARKS: Final = {
    Severity.STOPS: "mend!",
    Severity.HURTS: "mend",
    Severity.NOTE: "note",
    Severity.FINE: "ok",
    Severity.UNSEEN: "-",
}


def report(findings: Sequence[Finding]) -> str:
    """What the doctor says: a line for each finding, how to mend it below, and the sum."""
    lines = []
    for each in findings:
        head, *rest = (each.words, each.mend) if each.mend else (each.words,)
        lines.append(f"{_MARKS[each.severity]:>6}  {each.check:<12}{head}")
        lines += [f"{'':>20}{words}" for words in rest]
    return "\n".join([*lines, "", _sum(findings)])


def _sum(findings: Sequence[Finding]) -> str:
    to_mend = sum(each.to_be_mended for each in findings)
    if not to_mend:
        return "All is well."
    stops = any(each.severity is Severity.STOPS for each in findings)
    start = " Truce does not start before what is marked mend! is mended." if stops else ""
    return f"{count(to_mend, 'thing')} to mend.{start} {AGAIN}"


def as_data(findings: Sequence[Finding]) -> dict[str, Any]:
    """The same for machines."""
    ok = not any(each.to_be_mended for each in findings)
    return {"ok": ok, "findings": [asdict(each) for each in findings]}


def fine(check: Check, words: str) -> Finding:
    return Finding(check=check, severity=Severity.FINE, words=words)


def not_seen(check: Check, words: str) -> Finding:
    return Finding(check=check, severity=Severity.UNSEEN, words=words)

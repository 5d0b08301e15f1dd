"""Once a month: what the deals that were looked back at have taught, for everybody to read."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from bot.agreement import Agreement
from bot.blocks import Message, section
from bot.deals import DealState
from bot.jobs import Due, Sight, show
from bot.periods import Period
from bot.retros.learning import Lesson, patterns
from bot.text import count

LONGEST_BREAK: Final = 14  # days without work: then it is told all the same
MORE: Final = "`/truce retros` finds them by words, competitor, reason, campaign, segment and amount."


def month_note(agreement: Agreement, now: datetime) -> tuple[str, Due]:
    """The note of the month before, by a name that is told once: on the first working day, when digests go out."""
    calendar = agreement.calendar
    first = now.astimezone(calendar.zone).date().replace(day=1)
    days = [first + timedelta(days=each) for each in range(LONGEST_BREAK)]
    day = next((each for each in days if calendar.blocks(each)), first)
    at = datetime.combine(day, agreement.settings.digest.at.time, calendar.zone)
    about = f"{first - timedelta(days=1):%Y-%m}"
    return f"retro_month:{about}", show(Sight.RETRO_MONTH, about, at, channel=agreement.channels.retros)


def month_of(about: str) -> Period:
    """The month that a note tells of."""
    first = date.fromisoformat(f"{about}-01")
    return Period(first, (first + timedelta(days=31)).replace(day=1))


def month_message(about: str, lessons: Sequence[Lesson], today: date) -> Message | None:
    """None: nothing was looked back at, and so there is nothing to tell."""
    if not lessons:
        return None
    title = f"What deals taught us in {month_of(about)}"
    ends = Counter(each.outcome for each in lessons)
    lines = [
        f"{count(len(lessons), 'look back')}: {ends[DealState.WON]:,} won, {ends[DealState.LOST]:,} lost.",
        *patterns(lessons),
        *_changes(lessons, today),
    ]
    text = " ".join([f"{title}.", *lines, MORE])
    return Message(text=text, blocks=[section("\n".join([f"*{title}*", *lines])), section(MORE)])


def _changes(lessons: Sequence[Lesson], today: date) -> list[str]:
    """What became of the changes that were chosen."""
    actions = [each.action for each in lessons if each.action is not None]
    if not actions:
        return ["No change was chosen."]
    done = sum(each.done for each in actions)
    dropped = sum(each.dropped_because is not None for each in actions)
    late = sum(not each.done and each.dropped_because is None and each.due < today for each in actions)
    parts = [f"{done:,} done", *([f"{dropped:,} dropped"] if dropped else [])]
    parts += [f"{late:,} past {'its day' if late == 1 else 'their days'}"] if late else []
    return [f"{count(len(actions), 'change')} chosen: {', '.join(parts)}."]

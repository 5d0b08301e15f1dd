"""What could be seen of each lead in its messages: whom they asked, and when its card could be seen."""

from collections.abc import Iterator

from tests.simulate.run import Event, History, Row


def asks(history: History) -> list[Row]:
    """Whom each lead was offered to alone, by the messages that asked them."""
    leads = {row["id"]: row["lead"] for row in history.handoffs}
    found = []
    for each in history.posted:
        row = history.posts.get(each.post)
        if row is not None and row["kind"] == "ask":
            handoff, _, person = row["about"].partition("|")
            found.append({"lead": leads[handoff], "rung": "ask", "person": person, "at": each.at})
    return found


def shown(history: History) -> Iterator[Event]:
    """When each card could be seen first."""
    leads = {row["id"]: row["lead"] for row in history.handoffs}
    for each in history.posted:
        row = history.posts.get(each.post)
        if row is not None and row["kind"] == "card":
            handoff = row["about"].partition(":")[0]
            yield Event(at=each.at, what="shown", lead=leads[handoff])

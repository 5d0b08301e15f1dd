"""The picture in docs/lead.md, drawn from the table. `python -m tests.bot.diagram` puts it there anew."""

from itertools import groupby
from pathlib import Path
from typing import Final

from bot.leads.commands import Command
from bot.leads.lead import State
from bot.leads.transitions import TRANSITIONS

PAGE: Final = Path(__file__).parents[2] / "docs" / "lead.md"
BEGIN: Final = "<!-- drawn by python -m tests.bot.diagram -->\n"
END: Final = "<!-- end of the drawing -->\n"
Arrow = tuple[State, State, type[Command]]


def drawn() -> str:
    """The diagram, an arrow for each way from one state to another; what keeps a lead where it is has none."""
    order = list(State)
    arrows: list[Arrow] = [
        (state, to, command)
        for (state, command), transition in TRANSITIONS.items()
        for to in transition.to
        if to is not state
    ]
    arrows.sort(key=lambda arrow: (order.index(arrow[0]), order.index(arrow[1])))
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> new: Arrive"]
    for (state, to), ways in groupby(arrows, key=lambda arrow: arrow[:2]):
        names = sorted(command.__name__ for _, _, command in ways)
        lines.append(f"    {state} --> {to}: {', '.join(names)}")
    return "\n".join([*lines, "```", ""])


def parts(page: str) -> tuple[str, str, str]:
    """The page before, in and after the drawing."""
    before, _, rest = page.partition(BEGIN)
    inside, _, after = rest.partition(END)
    return before, inside, after


if __name__ == "__main__":
    before, _, after = parts(PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(f"{before}{BEGIN}{drawn()}{END}{after}", encoding="utf-8")

"""The grid (tests/bot/grid.txt) is the specification of a lead's life: every line of it is run through `decide`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

import pytest

from bot.errors import Refused
from bot.leads.commands import Command
from bot.leads.lead import Lead, State
from bot.leads.transitions import TRANSITIONS
from tests.bot.cases import CASES, USUAL
from tests.bot.examples import LEADS

GRID: Final = Path(__file__).with_name("grid.txt")
COMMANDS: Final = {command.__name__: command for command in get_args(Command)}
REFUSED: Final = "refused"
HARSH: Final = re.compile(
    r"error|invalid|too late|fail|wrong|illegal|must|None|[a-z]_[a-z]|\.\.", re.IGNORECASE
)

MOMENT: Final = re.compile(r"<!date\^[^|>]*\|([^>]*)>")  # drawn by Slack, in the reader's own words


@dataclass(frozen=True)
class Cell:
    state: str
    command: str
    case: str
    outcome: str

    def __str__(self) -> str:
        return f"{self.state} x {self.command} {self.case}".strip()


def cells() -> Iterator[Cell]:
    states: list[str] = []
    for line in GRID.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if "|" in line:
            yield Cell(*(part.strip() for part in line.split("|")))
        elif line.startswith(" "):
            states = line.split()
        else:
            command, *outcomes = line.split()
            for state, outcome in zip(states, outcomes, strict=True):
                yield Cell(state, command, "", outcome)


CELLS: Final = tuple(cells())


def decide(cell: Cell) -> Lead:
    case = CASES[cell.command, cell.case] if cell.case else USUAL[COMMANDS[cell.command]]
    return case(LEADS[State(cell.state)]()).lead


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell.outcome != REFUSED], ids=str)
def test_the_lead_goes_where_the_grid_says(cell: Cell) -> None:
    assert decide(cell).state.value == cell.outcome


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell.outcome == REFUSED], ids=str)
def test_what_the_grid_refuses_is_refused_with_a_calm_sentence(cell: Cell) -> None:
    with pytest.raises(Refused) as refused:
        decide(cell)

    sentence = MOMENT.sub(r"\1", str(refused.value))
    assert sentence.endswith((".", "?"))
    assert not HARSH.search(sentence)


def test_the_grid_leaves_nothing_out() -> None:
    usual = [(cell.state, cell.command) for cell in CELLS if not cell.case]

    assert sorted(usual) == sorted((state.value, command) for state in State for command in COMMANDS)


def test_the_grid_says_nothing_twice() -> None:
    assert len({(cell.state, cell.command, cell.case) for cell in CELLS}) == len(CELLS)


def test_every_case_is_in_the_grid() -> None:
    assert {(cell.command, cell.case) for cell in CELLS if cell.case} == set(CASES)


def test_the_grid_knows_every_way_of_the_table_and_no_other() -> None:
    known: dict[tuple[str, str], set[str]] = {}
    for cell in CELLS:
        known.setdefault((cell.state, cell.command), set()).update({cell.outcome} - {REFUSED})
    table = {
        (state.value, command.__name__): {to.value for to in transition.to}
        for (state, command), transition in TRANSITIONS.items()
    }

    assert {pair: to for pair, to in known.items() if to} == {pair: to for pair, to in table.items() if to}

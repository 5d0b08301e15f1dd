"""docs/lead.md tells of a lead's life as it is: its picture is that of the table."""

from bot.leads.lead import State
from tests.bot.diagram import PAGE, drawn, parts


def test_the_picture_in_the_docs_is_that_of_the_table() -> None:
    """Else: python -m tests.bot.diagram."""
    _, picture, _ = parts(PAGE.read_text(encoding="utf-8"))

    assert picture == drawn()


def test_the_docs_have_a_word_for_every_state() -> None:
    before, _, after = parts(PAGE.read_text(encoding="utf-8"))

    assert [state.value for state in State if f"**{state}**" not in before + after] == []

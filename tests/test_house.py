"""The house as it stands keeps its own rules (tests/house.py); tests/test_lints.py sees each of them fail once."""

import inspect

import pytest

from tests import house
from tests.house import ROOT


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    assert house.files_too_long(ROOT) == []


def test_folders_and_files_are_named_after_nouns() -> None:
    assert house.names_that_say_nothing(ROOT) == []


def test_everything_is_caught_in_two_places_only() -> None:
    assert house.broad_catches(ROOT) == []


def test_no_query_is_made_outside_storage() -> None:
    assert house.queries_outside_storage(ROOT) == []


def test_only_the_main_module_and_the_playgrounds_clock_read_a_clock() -> None:
    assert house.clocks_read(ROOT) == []


def test_the_brain_has_nothing_of_slack_but_what_is_shown() -> None:
    assert house.slack_in_the_brain(ROOT) == []


def test_no_test_sleeps() -> None:
    assert house.naps(ROOT) == []


def test_every_exception_from_a_lint_says_why() -> None:
    assert house.exceptions_without_reason(ROOT) == []


def test_the_locks_fit_the_project_and_hold_no_address() -> None:
    assert house.locks_that_tell_or_miss(ROOT) == []


def test_every_library_has_its_reason() -> None:
    assert house.libraries_without_reason(ROOT) == []


def test_make_help_explains_every_target() -> None:
    assert house.unexplained_targets(ROOT) == []


def test_every_decision_is_short_and_names_what_enforces_it() -> None:
    assert house.decisions_without_proof(ROOT) == []


def test_no_file_mentions_a_machine_or_a_registry() -> None:
    assert house.traces_of_a_machine(ROOT) == []


def test_no_rule_of_the_house_is_left_out_here() -> None:
    """Every function of tests/house.py that takes the root and gives words is in RULES, and asked above."""
    functions = inspect.getmembers(house, inspect.isfunction)
    rules = {
        name for name, function in functions if inspect.signature(function).return_annotation == list[str]
    }
    this_file = (ROOT / "tests/test_house.py").read_text(encoding="utf-8")

    assert {rule.__name__ for rule in house.RULES} == rules
    assert {rule for rule in rules if f"house.{rule}(ROOT) == []" not in this_file} == set()


@pytest.mark.parametrize("target", ["setup", "demo", "run", "test", "check", "fix", "migrate", "lock"])
def test_the_makefile_has(target: str) -> None:
    assert f"\n{target}: " in (ROOT / "Makefile").read_text(encoding="utf-8")

"""What is missing on a desk skips a test, with a count; in CI it fails."""

import pytest

from tests import needs

SUITE = """
    import pytest

    def test_in_the_browser(chromium):
        assert chromium

    @pytest.mark.slow
    def test_left_out_by_itself():
        pytest.skip("too tired")

    def test_of_another_engine():
        pytest.skip("only on PostgreSQL")

    @pytest.mark.slow
    @pytest.mark.xfail
    def test_known_to_fail():
        assert False
"""


@pytest.fixture
def bare(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A machine with no program at all, and the SUITE."""
    monkeypatch.setenv("PATH", str(pytester.path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.delenv("CI", raising=False)
    pytester.makeini("[pytest]\nmarkers =\n    slow: takes long\n")
    pytester.makepyfile(SUITE)
    return pytester


def run(machine: pytest.Pytester) -> pytest.RunResult:
    return machine.runpytest_inprocess(
        "-p", "tests.needs", "-p", "no:randomly", "-p", "no:xdist", "-p", "no:asyncio"
    )


def test_what_is_missing_on_a_desk_is_skipped_and_counted(bare: pytest.Pytester) -> None:
    said = run(bare)

    said.assert_outcomes(skipped=3, xfailed=1)
    said.stdout.fnmatch_lines(["1 skipped: no chromium on this machine"])


def test_what_is_missing_in_ci_fails_and_so_does_a_marked_test_that_was_skipped(
    bare: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    said = run(bare)

    said.assert_outcomes(errors=1, failed=1, skipped=1, xfailed=1)
    said.stdout.fnmatch_lines(["*chromium is missing, and CI runs every test*"])


def test_a_whole_file_skipped_in_ci_fails(bare: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    bare.makepyfile(test_later='import pytest\n\npytest.skip("not now", allow_module_level=True)\n')
    monkeypatch.setenv("CI", "true")

    run(bare).stdout.fnmatch_lines(["*a whole file skipped, and CI runs every test*"])


def test_a_chromium_that_is_named_is_taken(bare: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    named = bare.path / "my-chromium"
    named.touch()
    monkeypatch.setenv("CHROMIUM", str(named))
    monkeypatch.setenv("CI", "true")
    bare.makepyfile(f"def test_in_the_browser(chromium):\n    assert chromium == {str(named)!r}\n")

    run(bare).assert_outcomes(passed=1)


def test_every_mark_that_ci_insists_on_is_known(pytestconfig: pytest.Config) -> None:
    marks: list[str] = pytestconfig.getini("markers")

    assert set(needs.MARKS) <= {mark.partition(":")[0] for mark in marks}

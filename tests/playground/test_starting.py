"""`python -m playground` by somebody who writes a workspace for the first time: one sentence for whatever is wrong."""

import socket
import sys
from contextlib import closing
from pathlib import Path

import pytest

from playground.__main__ import main
from playground.errors import Unreadable
from playground.workspace import Workspace

AMY = "people: [{handle: amy}]\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("people: [", "this is not YAML"),
        ("[1]", "the file: should be keys and values"),
        ("poeple: []", "the file: 'poeple' is not known; there are app_id,"),
        ("people: {amy: 1}", "people: should be a list"),
        ("people: [amy]", "people, number 1: should be keys and values, not 'amy'"),
        (
            "people: [{handle: amy, mail: a@b.test}]",
            "people, number 1: 'mail' is not known; there are admin,",
        ),
        ("people: [{name: Amy}]", "people, number 1: 'handle' is needed"),
        ("people: [{handle: 5}]", "people, number 1: handle is text, not 5"),
        ("people: [{handle: amy, guest: maybe}]", "people, number 1: guest is true or false, not 'maybe'"),
        ("people: [{handle: amy, tz: Mars}]", "amy: there is no time zone 'Mars'"),
        ("people: [{handle: amy}, {handle: amy}]", "people: 'amy' is there twice"),
        (
            f"{AMY}channels: [{{name: leads, members: [zed]}}]",
            "leads: nobody among the people is called 'zed'",
        ),
        (
            f"{AMY}groups: [{{handle: sales, members: [zed]}}]",
            "sales: nobody among the people is called 'zed'",
        ),
        (f"{AMY}senders: {{web: {{url: 'http://x'}}}}", "senders, web: 'secret_env' is needed"),
        (
            f"{AMY}senders: {{web: {{url: x, secret_env: X, schedule: [{{after: soon, body: 1}}]}}}}",
            "schedule, number 1: after is a number, not 'soon'",
        ),
    ],
)
def test_what_is_wrong_in_the_workspaces_file_is_said_with_its_place(
    tmp_path: Path, text: str, words: str
) -> None:
    file = tmp_path / "acme.yaml"
    file.write_text(text)
    with pytest.raises(Unreadable) as told:
        Workspace.load(file)

    assert str(told.value).startswith(f"{file}: {words}")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--workspace", "none.yaml"], "none.yaml: No such file or directory"),
        (["--workspace", "acme.yaml", "--manifest", "none.json"], "none.json: No such file or directory"),
        (["--workspace", "acme.yaml", "--manifest", "acme.yaml"], "acme.yaml: this is not JSON"),
        (["--workspace", "acme.yaml", "--clock", "there/clock"], "there/clock: there is no such folder"),
    ],
)
def test_a_start_that_cannot_be_ends_with_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], words: str
) -> None:
    (tmp_path / "acme.yaml").write_text(AMY)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["playground", *options])

    with pytest.raises(SystemExit, match=words):
        main()


def test_a_port_that_is_taken_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "acme.yaml").write_text(AMY)
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        monkeypatch.setattr(
            sys, "argv", ["playground", "--workspace", str(tmp_path / "acme.yaml"), "--port", port]
        )
        with pytest.raises(SystemExit, match=f"Port {port} is taken"):
            main()

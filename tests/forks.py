"""The program `truce` run to its end without a start of Python: all is imported once, then forked, whole and real.

A start takes one or two seconds of a core, a fork a tenth of that. An order is a line of JSON over a socket; what
the program says comes back over it, and after the last word the exit code. When the tests end, so does all this.
"""

import asyncio
import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Never

import bot.__main__

ROOT: Final = Path(__file__).parent.parent
DOOR: Final = "door"
CODE: Final = 4  # bytes
LONGEST: Final = 300.0  # seconds


async def ended(arguments: tuple[str, ...], environment: Mapping[str, str]) -> tuple[int, str]:
    """Run the program to its end where it stands: the exit code, and what it said."""
    order = {"arguments": arguments, "environment": dict(environment), "folder": str(ROOT)}
    reader, writer = await asyncio.open_unix_connection(str(folder() / DOOR))
    try:
        writer.write(json.dumps(order).encode() + b"\n")
        said = await asyncio.wait_for(reader.read(), LONGEST)
    finally:
        writer.close()
        await writer.wait_closed()
    return int.from_bytes(said[-CODE:], signed=True), said[:-CODE].decode()


@cache
def folder() -> Path:
    """Where the door of this process's own is; it waits there from the first time on."""
    made = TemporaryDirectory(prefix="truce-forks-")
    command = [sys.executable, "-m", "tests.forks", made.name]
    waiting = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
    assert waiting.stdout

    def end() -> None:
        waiting.communicate()
        made.cleanup()

    atexit.register(end)
    assert waiting.stdout.readline() == b"here\n"
    return Path(made.name)


def main(place: Path) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who gives the orders
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a keeper ended
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(place / DOOR))
        door.listen()
        sys.stdout.write("here\n")
        sys.stdout.flush()
        while sys.stdin not in select.select([door, sys.stdin], [], [])[0]:
            caller, _ = door.accept()
            with caller:
                if os.fork() == 0:
                    door.close()
                    keep(caller)


def keep(caller: socket.socket) -> Never:
    """Fork once more, and tell the caller how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    order = json.loads(caller.makefile().readline())
    pid = os.fork()
    if pid == 0:
        live(order, caller)
    _, status = os.waitpid(pid, 0)
    caller.sendall(os.waitstatus_to_exitcode(status).to_bytes(CODE, signed=True))
    os._exit(0)


def live(order: Mapping[str, Any], caller: socket.socket) -> Never:
    """Be the program, with these arguments, in this environment and folder."""
    code = 70
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for old, new in ((nothing, 0), (caller.fileno(), 1), (caller.fileno(), 2)):
            os.dup2(old, new)
        caller.close()
        # As Python opens them at its start: these remember what they were opened for.
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for as long as the process lives
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - as above
        sys.stderr = open(2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115 - as above
        os.environ.clear()
        os.environ.update(order["environment"])
        os.chdir(order["folder"])
        sys.argv = ["truce", *order["arguments"]]
        bot.__main__.main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - it is the end of this process, and is to be read
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Where the processes of a crash run come from: all is imported once here, then each is forked, whole and real.

Orders come in as lines of JSON, news go out as lines: `born NAME PID`, `ready PID`, `ended PID CODE`. When the
orders end, so do the processes. Starting Python anew takes seconds, a fork a tenth of one.
"""

import gc
import json
import os
import select
import signal
import sys
import traceback
from collections.abc import Mapping
from typing import Any, Final, Never

import bot.__main__
from tests.crash import points

ORDERS: Final = 0
NEWS: Final = 1


def main() -> None:
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who gives the orders
    points.install()
    gc.collect()
    gc.freeze()
    tell("here", os.getpid())
    living: set[int] = set()
    rest = b""
    while True:
        heard, _, _ = select.select([ORDERS, woken], [], [])
        if woken in heard:
            os.read(woken, 4096)
        bury(living)
        if ORDERS in heard:
            told = os.read(ORDERS, 65536)
            if not told:
                break
            *orders, rest = (rest + told).split(b"\n")
            for order in orders:
                obey(json.loads(order), living)
    for pid in living:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def tell(*words: object) -> None:
    """One line, whole: several processes speak here."""
    os.write(NEWS, f"{' '.join(map(str, words))}\n".encode())


def bury(living: set[int]) -> None:
    for pid in list(living):
        gone, status = os.waitpid(pid, os.WNOHANG)
        if gone:
            living.discard(pid)
            tell("ended", pid, os.waitstatus_to_exitcode(status))


def obey(order: Mapping[str, Any], living: set[int]) -> None:
    if "signal" in order:  # only ever to one that was not buried: its number cannot be another's
        if order["pid"] in living:
            os.kill(order["pid"], order["signal"])
        return
    pid = os.fork()
    if pid == 0:
        live(order)
    living.add(pid)
    tell("born", order["name"], pid)


def live(order: Mapping[str, Any]) -> Never:
    """Be the program `truce`, with these arguments, in this environment and folder."""
    code = 70
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        news = os.dup(NEWS)
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for old, new in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(old, new)
        os.environ.clear()
        os.environ.update(order["environment"])
        os.chdir(order["folder"])
        sys.argv = ["truce", *order["arguments"]]
        points.arm(news)
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
    main()

"""What each safeguard is there for: takes them out, one after another, and expects `make crash` to find it.

    python -m tests.crash.mutants [words of a mutant's name]

Each mutant is a copy of the project with a few words replaced; a text that is not there any more ends the
script. One is held by a second safeguard: alone it is shown to change nothing, then both are taken out. Exit
code 0: every one ended as expected.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from tests.crash.__main__ import FAULTS

ROOT: Final = Path(__file__).parents[2]
COPIED: Final = ("bot", "handlers", "storage", "playground", "tests", "pyproject.toml", "manifest.json")
LONGEST: Final = 3600  # seconds
BLOWS: Final = ["--kills", "50", "--places", "2", "--at-once", "16"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A safeguard that is not there; `found` is whether that can be seen."""

    name: str
    patches: tuple[Patch, ...]
    database: str = "sqlite"
    found: bool = True
    rushes: int = 0


NOTHING: Final = Patch(
    file="storage/jobs.py",
    old="""    return statement.on_conflict_do_update(
        index_elements=["workspace", "lane", "key"],
        index_where=JOB.c.leased_until.is_(None) & JOB.c.ended_at.is_(None),
        set_={"due_at": case((told < JOB.c.due_at, told), else_=JOB.c.due_at)},
    )""",
    new="""    return statement.on_conflict_do_nothing(
        index_elements=["workspace", "lane", "key"],
        index_where=JOB.c.leased_until.is_(None) & JOB.c.ended_at.is_(None),
    )""",
)
OPENING: Final = "    _open_lanes(session, workspace, [(each.lane, at) for each, at in jobs])\n"
# The lanes are locked after the jobs are written, and not at once: only the key's row could be locked meanwhile.
LANES_LAST: Final = (
    Patch(file="storage/jobs.py", old=OPENING, new=""),
    Patch(
        file="storage/jobs.py",
        old="""            for each, at in jobs
        ],
    )
""",
        new=f"""            for each, at in jobs
        ],
    )
    __import__("threading").Event().wait(0.05)
{OPENING}""",
    ),
)
MUTANTS: Final = (
    Mutant(
        name="no look-back",
        patches=(
            Patch(
                file="handlers/posts.py",
                old="if post.sending_at is not None and await self._found(post, posting):",
                new="if False:",
            ),
        ),
    ),
    Mutant(
        name="not marked before it is sent",
        patches=(
            Patch(
                file="storage/posts.py",
                old="                self._set(session, post.id, sending_at=now)\n",
                new="",
            ),
        ),
    ),
    Mutant(
        name="the key without DO UPDATE, the lane still locked",
        patches=(NOTHING,),
        database="postgresql",
        found=False,
        rushes=4,
    ),
    Mutant(
        name="the key without DO UPDATE, the lane locked too late",
        patches=(NOTHING, *LANES_LAST),
        database="postgresql",
        rushes=8,
    ),
    Mutant(
        name="once: a delivery is not known again",
        patches=(
            Patch(
                file="storage/intake.py",
                old="known = _known(session, workspace, [each.name for each in told if each.name])",
                new="known: set[str] = set()",
            ),
        ),
    ),
    Mutant(
        name="a lease never ends",
        patches=(
            Patch(
                file="storage/jobs.py",
                old="or_(job.c.leased_until.is_(None), job.c.leased_until <= now)",
                new="job.c.leased_until.is_(None)",
            ),
        ),
    ),
    Mutant(
        name="no lease",
        patches=(
            Patch(file="storage/jobs.py", old='leased = {"leased_until": until, ', new="leased = {"),
            Patch(
                file="storage/jobs.py",
                old="            session.execute(self._lanes(mine).values(free_at=until))\n",
                new="",
            ),
            Patch(
                file="storage/jobs.py",
                old="(*self._these([taken.id]), JOB.c.leased_until == taken.leased_until)",
                new="self._these([taken.id])",
            ),
            Patch(
                file="storage/jobs.py",
                old="ours = LANE.c.free_at == taken.leased_until",
                new="ours = LANE.c.name == taken.lane",
            ),
        ),
        database="postgresql",
    ),
    Mutant(
        name="a job is ended before it is run",
        patches=(
            Patch(
                file="handlers/worker.py",
                old="            pace = await self.table",
                new="            await self.jobs.end(taken, self.now(), pace=timedelta())\n"
                "            pace = await self.table",
            ),
        ),
    ),
    Mutant(
        name="a webhook is answered before the commit",
        patches=(
            Patch(
                file="handlers/intake.py",
                old="        outcomes = await self.intake.keep(\n",
                new="        outcomes = [Outcome.NEW] * len(delivery.items)\n"
                "        from asyncio import gather\n"
                "        gather(self.intake.keep(\n",
            ),
            Patch(
                file="handlers/intake.py",
                old='delivery=request.headers.get("webhook-id")\n        )\n',
                new='delivery=request.headers.get("webhook-id")\n        ), return_exceptions=True)\n',
            ),
        ),
    ),
    Mutant(
        name="a click is answered before the commit",
        patches=(
            Patch(
                file="handlers/leads.py",
                old="        await self.leads.change(lead, command, self.now())\n        return None\n",
                new="        from asyncio import gather\n"
                "        gather(self.leads.change(lead, command, self.now()), return_exceptions=True)\n"
                "        return None\n",
            ),
        ),
    ),
    Mutant(
        name="what arrives is not looked up",
        patches=(
            Patch(
                file="storage/identities.py",
                old="    candidates = [uuid4().hex for _ in arrivals]\n",
                new="    candidates = [uuid4().hex for _ in arrivals]\n    return candidates\n",
            ),
        ),
    ),
)


def main() -> int:
    wanted = " ".join(sys.argv[1:])
    chosen = [mutant for mutant in MUTANTS if wanted in mutant.name]
    for patch in chain.from_iterable(mutant.patches for mutant in chosen):
        _patched((ROOT / patch.file).read_text(encoding="utf-8"), patch)
    unexpected = 0
    for mutant in chosen:
        began = perf_counter()
        code, said = _run(mutant)
        as_expected = code == (FAULTS if mutant.found else 0)
        unexpected += not as_expected
        end = {0: "nothing found", FAULTS: "found"}.get(code, f"exit code {code}")
        _say(f"{'ok ' if as_expected else 'NOT'} {mutant.name}: {end}, {perf_counter() - began:.0f} s")
        faults = [line for line in said.splitlines() if line.startswith("  ")]
        _say(*(faults[:2] if as_expected else said.splitlines()[-20:]))
    return 1 if unexpected else 0


def _run(mutant: Mutant) -> tuple[int, str]:
    """The exit code of the crash suite of the mutant, and what it said."""
    with TemporaryDirectory(prefix="truce-mutant-") as folder:
        copy = Path(folder)
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, copy / name)
        for patch in mutant.patches:
            file = copy / patch.file
            file.write_text(_patched(file.read_text(encoding="utf-8"), patch), encoding="utf-8")
        deeds = ["--rushes", str(mutant.rushes)]
        deeds += ["--kills", "0", "--places", "0"] if mutant.rushes else BLOWS
        ended = subprocess.run(
            [sys.executable, "-m", "tests.crash", "--database", mutant.database, "--until-wrong", *deeds],
            cwd=copy,
            env={**os.environ, "PYTHONPATH": folder, "TMPDIR": folder},
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        return ended.returncode, ended.stdout + ended.stderr


def _patched(text: str, patch: Patch) -> str:
    if text.count(patch.old) != 1:
        sys.exit(f"{patch.file} has {text.count(patch.old)} times:\n{patch.old}")
    return text.replace(patch.old, patch.new)


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

"""One crash run: processes that are killed and started again amid work, then calm, then the truth."""

import asyncio
import re
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from playground.clock import FileClock, pulse
from playground.server import Playground
from tests.crash.books import Books
from tests.crash.company import SETTINGS, Company, Fate, Lead, acme, chance
from tests.crash.hours import OPENING, Hours
from tests.crash.machines import Balancer, Machine, Nest
from tests.crash.plan import Blow, make
from tests.crash.truth import Truth
from tests.program import Desk, a_moment

# However slow the machine is: seconds, after the last blow, in which nobody has got anything done any more ...
LONGEST_STANDSTILL = 45.0
LONGEST_WORK = 900.0  # ... or have not all got done what they wanted
LONGEST_SILENCE = 120.0  # seconds until all jobs are done after that
# That something waits is true where the time of a run is moved on, and told as it should be; all else is a fault.
LOG_LINES = re.compile(r"^Traceback.*|^.* ERROR (?!.* waits for over ten minutes ).*", re.MULTILINE)
BROUGHT_IN = re.compile(r"([\d,]+) new, ([\d,]+) changed, ([\d,]+) unchanged, ([\d,]+) refused")
IMPORT_DIES_AT = ("before commit of Intake.keep", "after commit of Intake.keep")
MOST_IMPORTS = 12  # tries


@dataclass
class Report:
    """How a run went; `faults` says what was wrong at its end."""

    seed: str
    kills: int = 0
    at_places: int = 0
    reached: set[str] = field(default_factory=set)
    leads: int = 0
    imported: int = 0
    calls: int = 0
    hours: float = 0.0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        wrong = "".join(f"\n  {fault}" for fault in self.faults)
        return (
            f"{self.seed}: {self.kills} kills ({self.at_places} at named places), {self.leads} leads, "
            f"{self.imported} imported, {self.calls} calls of Slack, {self.hours:.1f} h in {self.seconds:.1f} s: "
            f"{f'{len(self.faults)} FAULTS' if self.faults else 'all true'}{wrong}"
        )


@dataclass
class Scene:
    """All that takes part in one run."""

    folder: Path
    nest: Nest
    slack: Playground
    machines: list[Machine]
    company: Company
    hours: Hours
    books: Books
    environment: dict[str, str]
    report: Report
    leads: list[Lead] = field(default_factory=list)

    @classmethod
    @asynccontextmanager
    async def set(
        cls, nest: Nest, folder: Path, url: str, seed: str, *, machines: int, pause: str = "{}"
    ) -> AsyncIterator["Scene"]:
        clock = FileClock(folder / "clock")
        clock.move(OPENING - clock())
        (folder / "app.yaml").write_text(yaml.safe_dump(SETTINGS))
        more = {
            "DATABASE_URL": url,
            "TRUCE_LEASE": "3s",
            "TRUCE_CALL_TIMEOUT": "0.5s",
            "TRUCE_CLOCK": str(folder / "clock"),
            "OPS_PORT": "0",
            "CRASH_PAUSE": pause,
        }
        async with AsyncExitStack() as stack:
            slack = await stack.enter_async_context(Playground.running(acme(), now=clock, limits=False))
            session = await stack.enter_async_context(aiohttp.ClientSession())
            environment = Desk(folder=folder, slack=slack, port=0, more=more).environment
            places = [Machine(f"machine{n}", nest, folder, environment) for n in range(machines)]
            balancer = Balancer(places, session)
            slack.deliver_to(balancer.deliver)
            books = Books(url)
            stack.callback(books.close)
            for machine in places:
                stack.push_async_callback(machine.give_up)
                await machine.start()
            hours = Hours(clock, books, balancer)
            passing = asyncio.create_task(hours.pass_by())
            stack.callback(passing.cancel)
            company = Company(slack, balancer, clock, seed)
            yield cls(folder, nest, slack, places, company, hours, books, environment, Report(seed))

    # --- what goes on

    def tell_of_a_lead(self, group: asyncio.TaskGroup, fate: Fate | None) -> None:
        """A feed tells of one more, and the reps do what they do with it."""
        lead = Lead(len(self.leads), self.company.seed, fate)
        self.leads.append(lead)
        self._feeds_tell_of(lead, group)
        group.create_task(self._decide(lead))

    def _feeds_tell_of(self, lead: Lead, group: asyncio.TaskGroup) -> None:
        for version in range(1, lead.versions + 1):
            group.create_task(self.company.tell(lead, version))
        if lead.twins and lead.versions == 1:
            group.create_task(self.company.tell(lead, 1, " once more"))

    async def _decide(self, lead: Lead) -> None:
        match lead.fate:
            case "accepted":
                await self.company.accept(lead.rep, lead)
            case "contacted":
                await self.company.accept(lead.rep, lead)
                await self.company.contact(lead.rep, lead)
            case "raced":
                both = (self.company.accept(lead.rep, lead), self.company.accept(lead.rival, lead))
                await asyncio.gather(*both)
            case "rejected":
                await self.company.reject(lead.rep, lead)
            case _:
                pass  # nobody decides

    async def rush(self, number: int) -> None:
        """So many leads that stand in the channel are all accepted at one moment."""
        for _ in range(number):
            self.leads.append(Lead(len(self.leads), self.company.seed, "accepted"))
        mine = self.leads[-number:]
        async with asyncio.TaskGroup() as group:
            for lead in mine:
                self._feeds_tell_of(lead, group)
        await self.hours.quiet(LONGEST_SILENCE)
        await asyncio.gather(*map(self._decide, mine))

    async def fall(self, blow: Blow, group: asyncio.TaskGroup) -> None:
        """Some work, some trouble, and one process less: the first that comes to the place."""
        chosen = self.machines[blow.machine]
        if not blow.at_birth:
            await chosen.up()
        make(self.slack, blow.trouble)
        lives = {machine: await machine.born() for machine in self.machines}
        if blow.place:
            for machine in self.machines:
                machine.dies_at(blow.place, blow.nth)
        for _ in range(blow.leads):
            self.tell_of_a_lead(group, blow.fate)
        waiting = lives.values() if blow.place else [lives[chosen]]
        dying = [asyncio.create_task(life.ended.wait()) for life in waiting]
        await asyncio.wait(dying, timeout=blow.after, return_when=asyncio.FIRST_COMPLETED)
        for machine in self.machines:
            machine.order.unlink(missing_ok=True)
        dead = [life for life in lives.values() if life.ended.is_set()]
        if not dead:
            self.nest.kill(lives[chosen])
            await lives[chosen].ended.wait()
        for task in dying:
            task.cancel()
        self.report.at_places += len(dead)
        self.report.reached |= {blow.place} if dead else set()
        self.report.kills += len(dead) or 1
        if len(self.machines) == 1:
            self.hours.all_died()

    async def bring_in(self, number: int, rows: int) -> None:
        """Import a file of old leads; killed some times, and run again until it says that it is done."""
        file = self.folder / f"old{number}.csv"
        lines = (f"old-{n},Old {n},old{n}.{number}@old.test,fair,2017-05-01" for n in range(rows))
        file.write_text("\n".join(["Record ID,Name,Email,Lead Source,Create Date", *lines]) + "\n")
        dice = chance(f"{self.report.seed} import {number}")
        kills = dice.randint(1, 3)
        said = ""
        for attempt in range(MOST_IMPORTS):
            place = dice.choice(IMPORT_DIES_AT) if attempt < kills else ""
            code, said = await self._import(file, place, dice.randint(1, 1 + rows // 100))
            if code == 0:
                self._hold_against(said, rows)
                return
            self.report.kills += code < 0
        raise AssertionError(f"{file.name} was never brought in: {said}")

    async def import_again(self, number: int, rows: int) -> None:
        code, said = await self._import(self.folder / f"old{number}.csv", "", 0)
        if code or f"0 new, 0 changed, {rows} unchanged, 0 refused" not in said:
            self.report.faults.append(f"an import once more changed something: {said}")

    async def _import(self, file: Path, place: str, nth: int) -> tuple[int, str]:
        order, log = file.with_suffix(".order"), file.with_suffix(".log")
        log.write_text("")
        order.write_text(f'{{"at": "{place}", "nth": {nth}}}')
        environment = {**self.environment, "CRASH_ORDER": str(order)}
        life = await self.nest.born(["import", str(file)], environment, self.folder, log)
        async with asyncio.timeout(LONGEST_WORK):
            await life.ended.wait()
        return life.code, log.read_text()

    def _hold_against(self, said: str, rows: int) -> None:
        found = BROUGHT_IN.search(said)
        numbers = [int(each.replace(",", "")) for each in found.groups()] if found else []
        if sum(numbers) != rows or numbers[3]:
            self.report.faults.append(f"{rows} rows were imported: {said}")

    def progress(self) -> str:
        """Another word whenever something was done."""
        return f"{len(self.slack.calls('chat.postMessage'))} posts, still {sorted(self.company.memory.doing)}"

    # --- the end

    async def ends(self, imports: Sequence[int]) -> None:
        """When all is quiet: the truth, and a polite end."""
        await self.hours.quiet(LONGEST_SILENCE)
        for number, rows in enumerate(imports):
            await self.import_again(number, rows)
        await self.hours.quiet(LONGEST_SILENCE)
        for machine in self.machines:
            if code := await machine.stop():
                self.report.faults.append(f"{machine.name} stopped with {code}")
        self.report.faults += Truth(self.company, self.books, self.leads, list(imports)).faults()

    async def told(self, work: Coroutine[Any, Any, None], imports: Sequence[int]) -> Report:
        """How this work went, and how it ended."""
        began = pulse()
        try:
            await work
            await self.ends(imports)
        except TimeoutError:
            doing = [f"{what} ({times} tries)" for what, times in self.company.memory.doing.items()]
            what = f"{len(doing)} things, among them {', '.join(doing[:3])}" if doing else "jobs alone"
            self.report.faults.append(f"it never comes to an end. Under way: {what}")
            self.report.faults += Truth(self.company, self.books, self.leads, list(imports)).faults()
        self.report.imported = sum(imports)
        self._count()
        if self.report.faults:
            calls = (f"{call.at:%X.%f} {call}" for call in self.slack.desk.traffic.calls)
            (self.folder / "calls").write_text("\n".join(calls))
        self.report.seconds = pulse() - began
        return self.report

    def _count(self) -> None:
        report = self.report
        report.leads, report.calls = len(self.leads), len(self.slack.desk.traffic.calls)
        report.hours = (self.company.clock() - OPENING).total_seconds() / 3600
        for machine in self.machines:
            report.faults += [
                f"{machine.name} ended by itself with {code}: {said}" for code, said in machine.ends if code
            ]
        for log in self.folder.glob("*.log"):
            report.faults += [f"{log.name}: {line}" for line in LOG_LINES.findall(log.read_text())]


async def crash_run(
    nest: Nest,
    folder: Path,
    url: str,
    blows: Sequence[Blow],
    seed: str,
    *,
    machines: int = 1,
    imports: Sequence[int] = (230,),
    lag: float = 0.0,
) -> Report:
    """Do all this in an empty database at `url`; what went wrong is in the report."""
    async with Scene.set(nest, folder, url, seed, machines=machines) as scene:
        scene.slack.lag(lag)
        return await scene.told(_work(scene, blows, imports), imports)


async def rush_run(
    nest: Nest, folder: Path, url: str, seed: str, *, machines: int = 1, rounds: int = 3
) -> Report:
    """No process dies, but all decide at once, and each decision takes its time before it is kept."""
    pause = '{"at": "before commit of Leads", "seconds": 0.06}'
    async with Scene.set(nest, folder, url, seed, machines=machines, pause=pause) as scene:
        return await scene.told(_rushes(scene, rounds), ())


async def _work(scene: Scene, blows: Sequence[Blow], imports: Sequence[int]) -> None:
    """Until the last blow has fallen and all have done what they wanted. Raises TimeoutError."""
    async with asyncio.timeout(None) as patience, asyncio.TaskGroup() as group:
        for number, rows in enumerate(imports):
            group.create_task(scene.bring_in(number, rows))
        for blow in blows:
            await scene.fall(blow, group)
        scene.slack.calm()
        group.create_task(_standstill(scene, patience))


async def _standstill(scene: Scene, patience: asyncio.Timeout) -> None:
    """Let nobody wait for what will not come."""
    ends, moved, done = pulse() + LONGEST_WORK, pulse(), ""
    while scene.company.memory.doing:
        if (now := scene.progress()) != done:
            moved, done = pulse(), now
        patience.reschedule(min(ends, moved + LONGEST_STANDSTILL))
        await a_moment(0.2)
    patience.reschedule(ends)  # for an import


async def _rushes(scene: Scene, rounds: int) -> None:
    for _ in range(rounds):
        async with asyncio.timeout(LONGEST_WORK):
            await scene.rush(6)
        await scene.hours.quiet(LONGEST_SILENCE)
        scene.report.faults += Truth(scene.company, scene.books, scene.leads, []).faults()

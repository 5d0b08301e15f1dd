"""The real program as processes of its own, beside a stand-in Slack: started, spoken to, stopped."""

import asyncio
import os
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from playground.server import Playground

READY = re.compile(r"Truce is ready")
PATIENCE = 20.0  # seconds
SECRET = b64encode(b"a feed's secret of some length!!").decode()


@dataclass
class Desk:
    """A folder with settings and a database, and what the program needs to know of its surroundings."""

    folder: Path
    slack: Playground
    port: int
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        workspace = self.slack.desk.store.workspace
        told = {
            "SLACK_API_URL": f"{self.slack.url}/api/",
            "SLACK_BOT_TOKEN": workspace.bot_token,
            "SLACK_SIGNING_SECRET": workspace.signing_secret,
            "DATABASE_URL": f"sqlite:///{self.folder}/truce.db",
            "PORT": str(self.port),
            "TRUCE_SECRET_WEBSITE": f"whsec_{SECRET}",
            "TRUCE_CONFIG": str(self.folder / "app.yaml"),
        }
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "TRUCE_"))
        }
        return {**kept, **told, **self.more}

    async def start(self, *arguments: str) -> Process:
        command = [sys.executable, "-m", "bot", *arguments]
        return await asyncio.create_subprocess_exec(
            *command, stdout=PIPE, stderr=STDOUT, env=self.environment, cwd=Path(__file__).parent.parent
        )

    async def says(self, *arguments: str) -> tuple[int, str]:
        """Run a command to its end: the exit code and what it said."""
        running = await self.start(*arguments)
        said, _ = await asyncio.wait_for(running.communicate(), 120)
        return running.returncode or 0, said.decode()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Process]:
        """`truce run`, ready; at the end asked politely to stop, and expected to."""
        running = await self.start("run")
        try:
            assert running.stdout is not None
            said = ""
            async with asyncio.timeout(PATIENCE):
                while not READY.search(said):
                    line = (await running.stdout.readline()).decode()
                    assert line, f"it did not start: {said}"
                    said += line
            self.slack.deliver_to(f"http://127.0.0.1:{self.port}/slack/events")
            reading = asyncio.create_task(running.stdout.read())  # so that the pipe never fills
            yield running
        finally:
            if running.returncode is None:
                running.send_signal(signal.SIGINT)
                await asyncio.wait_for(running.wait(), PATIENCE)
        await reading


async def until(so: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Look again and again, as a person would, until it is so."""
    async with asyncio.timeout(seconds):
        while not so():  # noqa: ASYNC110 - what is looked at belongs to another process
            await asyncio.sleep(0)


@asynccontextmanager
async def desk(folder: Path, slack: Playground, settings: Mapping[str, object]) -> AsyncIterator[Desk]:
    (folder / "app.yaml").write_text(yaml.safe_dump(dict(settings)))
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    yield Desk(folder=folder, slack=slack, port=port)

"""The versions of the agreement, kept: added one after the other, never changed; and the file as it was last read."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, bindparam, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.agreement import Agreement, kept_channels
from bot.errors import Hopeless, Refused
from bot.leads.decision import UNKNOWN_YET
from bot.people import Role
from bot.setting_fields import said
from bot.settings import Unfit, Written, settings_of
from bot.settings.written import different, taken_from_file
from bot.versions import Change, Kept, Version, what_follows
from storage import jobs, people
from storage.db import Space
from storage.members import people_here
from storage.tables import AGREEMENT, CHANNEL, SETTINGS_FILE, WORKSPACE
from storage.turns import take_turn
from storage.upsert import add, put

TURN: Final = "agreement"


class Versions:
    def __init__(self, space: Space) -> None:
        self._space = space

    async def begin(self, file: Written, now: datetime) -> Agreement:
        """What holds from this start on: the file's changes are a version of their own.

        Raises Hopeless where the file and what was changed in Slack do not fit together.
        """
        return await self._space.write(lambda session: self._begin(session, file, now))

    async def in_force(self) -> Agreement | None:
        """What holds now; None: nothing was ever started here."""
        return await self._space.read(self._in_force)

    async def newer_than(self, number: int) -> Agreement | None:
        """What holds now, where that is another version. Asked all the time."""
        here = {"workspace": self._space.workspace}

        def work(session: Session) -> Agreement | None:
            newest = session.scalar(_NUMBER, here)
            return None if newest in (number, None) else self._in_force(session)

        return await self._space.read(work)

    async def get(self, number: int) -> Version | None:
        return await self._space.read(lambda session: version_of(session, self._space.workspace, number))

    async def file(self) -> Written | None:
        """The file as it was last read."""
        return await self._space.read(lambda session: self._file(session)[0])

    async def kept(self, file: Written) -> list[Kept]:
        """Where what was changed in Slack holds, and goes on to hold at the next start, and this file says otherwise."""
        try:
            return await self._space.read(lambda session: self._kept(session, file))
        except DBAPIError:  # the database is older than we are
            return []

    async def to_write(self, file: Written) -> Written:
        """What the file has to say: what is in force, and what was changed in it since it was last read.

        Where both do not fit together, only what is in force. Raises Hopeless where nothing was ever started here.
        """

        def work(session: Session) -> Written:
            newest = self._newest(session)
            if newest is None:
                raise Hopeless("Nothing is in force yet: start `truce run` once.")
            merged = self._merged(session, newest, file)
            try:
                settings_of(merged)
            except Unfit:
                return newest.written
            return merged

        return await self._space.read(work)

    async def note_written(self) -> None:
        """The file says what is in force: what is changed in it from now on counts."""

        def work(session: Session) -> None:
            take_turn(session, self._space.workspace, TURN)
            newest = self._newest(session)
            if newest is not None:
                self._note_file(session, newest.written, newest.number)

        await self._space.write(work)

    async def need_admin(self, by: str, agreement: Agreement) -> None:
        """Raises Refused to who may not change the agreement."""
        await self._space.read(lambda session: self._need_admin(session, by, agreement))

    async def change(
        self, by: str, agreement: Agreement, put_in: Callable[[Written], Written], now: datetime
    ) -> Version | None:
        """Keep what somebody changes in Slack as the next version; `put_in` changes what the newest one says.

        Raises Refused to who may not, and whatever `put_in` raises. None: nothing is changed.
        """

        def work(session: Session) -> Version | None:
            take_turn(session, self._space.workspace, TURN)
            self._need_admin(session, by, agreement)
            newest = self._newest(session)
            assert newest is not None, "a version was kept at start"  # noqa: S101 - as it says
            version = newest.next(put_in(newest.written), by, now)
            if not version.changes:
                return None
            self._keep(session, version)
            return version

        return await self._space.write(work)

    def _begin(self, session: Session, file: Written, now: datetime) -> Agreement:
        take_turn(session, self._space.workspace, TURN)
        newest = self._newest(session)
        if newest is None:
            newest = Version(number=1, at=now, by=None, written=file)
            self._add(session, newest)
        else:
            version = newest.next(self._merged(session, newest, file), None, now)
            if version.changes:
                self._keep(session, version)
                newest = version
        self._note_file(session, file, newest.number)
        return self._agreement(session, newest)

    def _note_file(self, session: Session, file: Written, number: int) -> None:
        row = {"workspace": self._space.workspace, "written": dict(file), "version": number}
        put(session, SETTINGS_FILE, [row])

    def _merged(self, session: Session, newest: Version, file: Written) -> Written:
        last, since = self._file(session)
        in_slack = {key for version in self._of_slack(session, since) for key in version.changes}
        return taken_from_file(last or file, file, newest.written, in_slack)

    def _kept(self, session: Session, file: Written) -> list[Kept]:
        newest = self._newest(session)
        if newest is None:
            return []
        holds = self._merged(session, newest, file)
        told = {key: version for version in self._of_slack(session, 0) for key in version.changes}
        who = people.names(session, self._space.workspace, {str(each.by) for each in told.values()})
        return [
            Kept(
                key=key,
                holds=said(key, holds.get(key)),
                says=said(key, file.get(key)),
                by=who.get(str(told[key].by), "somebody"),
                at=told[key].at,
            )
            for key in different(file, holds)
            if key in told
        ]

    def _keep(self, session: Session, version: Version) -> None:
        """Add it, and what follows from it."""
        self._add(session, version)
        settled = self._agreement(session, version)
        jobs.add(session, self._space.workspace, what_follows(version, settled))

    def _add(self, session: Session, version: Version) -> None:
        row = {
            "workspace": self._space.workspace,
            "number": version.number,
            "at": version.at,
            "by": version.by,
            "written": dict(version.written),
            "changes": {key: [change.was, change.now] for key, change in version.changes.items()},
        }
        add(session, AGREEMENT, [row])

    def _in_force(self, session: Session) -> Agreement | None:
        newest = self._newest(session)
        return None if newest is None else self._agreement(session, newest)

    def _newest(self, session: Session) -> Version | None:
        return _version(session.execute(_NEWEST, {"workspace": self._space.workspace}).first())

    def _agreement(self, session: Session, version: Version) -> Agreement:
        workspace = self._space.workspace
        try:
            settings = version.settings()
        except Unfit as unfit:
            raise Hopeless(f"{_CLASH} {unfit}") from None
        channels = session.execute(select(CHANNEL).where(CHANNEL.c.workspace == workspace))
        known = {row.setting: row.slack_id for row in channels}
        zone = session.scalar(select(WORKSPACE.c.zone).where(WORKSPACE.c.workspace == workspace))
        told = settings.hours.timezone or zone
        return Agreement.of(settings, kept_channels(settings, known), str(told), version=version.number)

    def _file(self, session: Session) -> tuple[Written | None, int]:
        here = SETTINGS_FILE.c.workspace == self._space.workspace
        row = session.execute(select(SETTINGS_FILE).where(here)).first()
        return (None, 0) if row is None else (row.written, row.version)

    def _of_slack(self, session: Session, since: int) -> list[Version]:
        """What was changed in Slack after that version, in its order."""
        these = {"workspace": self._space.workspace, "since": since}
        return [
            version for row in session.execute(_OF_SLACK, these) if (version := _version(row)) is not None
        ]

    def _need_admin(self, session: Session, by: str, agreement: Agreement) -> None:
        person = people_here(session, self._space.workspace, [by], agreement.places).get(by)
        if person is None:
            raise Refused(UNKNOWN_YET)
        agreement.roles.need(person, Role.ADMIN)


def version_of(session: Session, workspace: str, number: int) -> Version | None:
    """One version, as it was kept."""
    return _version(session.execute(_ONE, {"workspace": workspace, "number": number}).first())


def held_between(session: Session, workspace: str, begin: datetime, end: datetime) -> dict[int, datetime]:
    """The versions that held in this time, by number, and since when; none: the time is before the first of them."""
    these = (AGREEMENT.c.workspace == workspace, AGREEMENT.c.at < end)
    query = select(AGREEMENT.c.number, AGREEMENT.c.at).where(*these).order_by(AGREEMENT.c.number)
    begun = [(row.number, row.at) for row in session.execute(query)]
    before = [each for each in begun if each[1] < begin]
    return dict([*before[-1:], *begun[len(before) :]])


def _version(row: "Row[Any] | None") -> Version | None:
    if row is None:
        return None
    changes = {key: Change(*both) for key, both in row.changes.items()}
    return Version(number=row.number, at=row.at, by=row.by, written=row.written, changes=changes)


_CLASH: Final = (
    "app.yaml and what was changed in Slack do not fit together; `truce settings --write` puts what is in force into"
    " the file, to be changed there."
)
_HERE: Final = AGREEMENT.c.workspace == bindparam("workspace")
_ALL: Final = select(AGREEMENT).where(_HERE)
_NEWEST: Final = _ALL.order_by(AGREEMENT.c.number.desc()).limit(1)
_NUMBER: Final = select(AGREEMENT.c.number).where(_HERE).order_by(AGREEMENT.c.number.desc()).limit(1)
_OF_SLACK: Final = _ALL.where(AGREEMENT.c.number > bindparam("since"), AGREEMENT.c.by.is_not(None)).order_by(
    AGREEMENT.c.number
)
_ONE: Final = _ALL.where(AGREEMENT.c.number == bindparam("number"))

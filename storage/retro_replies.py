"""What people say in the threads of retros: kept as it stands there now, edits and deletions included."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.jobs import Sight, redraw
from bot.retros.retro import Reply
from storage import jobs, retro_rows, retro_search
from storage.db import Space
from storage.retro_sights import sight
from storage.tables import POST, RETRO_REPLY
from storage.upsert import put


class RetroReplies:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement

    async def thread_of(self, channel: str, ts: str) -> str | None:
        """The retro whose thread this is; None: it is none of ours."""
        query = select(POST.c.about).where(
            POST.c.workspace == self._space.workspace,
            POST.c.channel == channel,
            POST.c.ts == ts,
            POST.c.kind == Sight.RETRO,
        )
        return await self._space.read(lambda session: session.scalar(query))

    async def keep(self, retro: str, replies: Sequence[Reply], now: datetime) -> None:
        """These are what stands in the thread; the summary is drawn anew."""
        workspace = self._space.workspace
        here = (RETRO_REPLY.c.workspace == workspace, RETRO_REPLY.c.retro == retro)
        rows = [
            {"workspace": workspace, "retro": retro, "ts": each.ts, "by": each.by, "words": each.words}
            for each in replies
        ]

        def work(session: Session) -> None:
            known = retro_rows.load(session, workspace, retro, lock_it=True)
            if known is None:
                return
            gone = RETRO_REPLY.c.ts.not_in([each.ts for each in replies])
            session.execute(delete(RETRO_REPLY).where(*here, gone))
            put(session, RETRO_REPLY, rows)
            if known.summed_at is not None:
                seen = sight(session, workspace, self._agreement, known)
                retro_search.note(session, workspace, seen)
                place = self._agreement.channels.retros
                jobs.add(session, workspace, [redraw(Sight.RETRO_SUMMARY, retro, now, channel=place)])

        await self._space.write(work)

"""Every table. Rows never leave `storage`; every table has `workspace`, and no query crosses it."""

from storage.tables.deals import DEAL, DEAL_LEAD, DEAL_NAME
from storage.tables.leads import (
    CAMPAIGN,
    HANDOFF,
    HOLD,
    IDENTITY,
    LEAD,
    LOG,
    QUARANTINE,
    REJECTION,
    TOUCH,
    VOICE,
    WORD,
)
from storage.tables.people import (
    CHANNEL,
    COMEBACK,
    ERASED,
    HOME,
    LIFE,
    MEMBER,
    PERSON,
    PRESENCE,
    ROTA,
    STANDSTILL,
    WORKSPACE,
)
from storage.tables.pictures import PICTURE
from storage.tables.retros import RETRO, RETRO_REPLY, RETRO_SEAT
from storage.tables.work import JOB, LANE, NUDGE, ONCE, POST

__all__ = [
    "CAMPAIGN",
    "CHANNEL",
    "COMEBACK",
    "DEAL",
    "DEAL_LEAD",
    "DEAL_NAME",
    "ERASED",
    "HANDOFF",
    "HOLD",
    "HOME",
    "IDENTITY",
    "JOB",
    "LANE",
    "LEAD",
    "LIFE",
    "LOG",
    "MEMBER",
    "NUDGE",
    "ONCE",
    "PERSON",
    "PICTURE",
    "POST",
    "PRESENCE",
    "QUARANTINE",
    "REJECTION",
    "RETRO",
    "RETRO_REPLY",
    "RETRO_SEAT",
    "ROTA",
    "STANDSTILL",
    "TOUCH",
    "VOICE",
    "WORD",
    "WORKSPACE",
]

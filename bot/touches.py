"""What makes two touches the same one."""

from hashlib import sha256

from bot.arrivals import Touch


def identity(lead: str, touch: Touch) -> str:
    """One id for one touch of one lead: by lead, kind, time and campaign."""
    told = "\x1f".join([lead, touch.kind, touch.at.isoformat(), touch.campaign or ""])
    return sha256(told.encode()).hexdigest()[:24]

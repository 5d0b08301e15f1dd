"""How what arrives is read: bytes and cells become arrivals here, or are refused with sentences. Pure.

`read` is the generic feed of the webhook. CSV (bot/imports.py) fills in the same forms, so that a value
means the same however it came; never check a field anywhere else.
"""

from bot.intake.generic import Delivery, read

__all__ = ["Delivery", "read"]

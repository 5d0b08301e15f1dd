"""The figures (docs/figures.md): what each is, by its name, and its arithmetic. Pure; storage/figures.py counts."""

from bot.figures.counted import Closed, Figures, Scope, Tally
from bot.figures.measures import FEW, Share, Spread

__all__ = ["FEW", "Closed", "Figures", "Scope", "Share", "Spread", "Tally"]

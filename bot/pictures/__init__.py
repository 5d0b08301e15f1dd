"""Pictures: what is to be drawn is a plain record; drawing it is arithmetic, and knows neither Slack nor a clock."""

from bot.pictures.picture import Drawing, Picture, shown

__all__ = ["Drawing", "Picture", "shown"]

"""Reading app.yaml: from a file to Settings, or to every mistake in it with its line and what is allowed."""

from pathlib import Path

import yaml

from bot.settings.settings import Settings


class SettingsError(Exception):
    """What the operator wrote cannot be used; `problems` and str() say all that is wrong, one per line."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load(path: Path) -> Settings:
    """Read and check app.yaml; raise SettingsError with every problem."""
    return Settings.model_validate(yaml.safe_load(path.read_text("utf-8")))

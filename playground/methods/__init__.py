"""The Web API, a file per family. Importing this package fills the table of methods."""

from playground.methods import apps, chat, conversations, files, groups, marks, people, views

__all__ = ["apps", "chat", "conversations", "files", "groups", "marks", "people", "views"]

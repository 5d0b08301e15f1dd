"""The Web API, a file per family. Importing this package fills the table of methods."""

from playground.methods import chat, conversations, files, marks, people, views

__all__ = ["chat", "conversations", "files", "marks", "people", "views"]

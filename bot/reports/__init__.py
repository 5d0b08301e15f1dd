"""A report: the figures of a period, asked for in plain words, and told in plain words. Pure."""

from bot.reports.asked import FILTERS, Asked, Sight, nearest, read_request, seen_by
from bot.reports.machines import as_json
from bot.reports.noise import mostly_passed_over, reminders_sent
from bot.reports.told import Report, report_words, sections

__all__ = [
    "FILTERS", "Asked", "Report", "Sight", "as_json", "mostly_passed_over", "nearest", "read_request",
    "reminders_sent", "report_words", "sections", "seen_by",
]  # fmt: skip

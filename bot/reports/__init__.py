"""A report: the figures of a period, asked for in plain words, and told in plain words. Pure."""

from bot.reports import rows
from bot.reports.asked import FILTERS, Asked, Sight, chosen, nearest, read_request, request, seen_by
from bot.reports.machines import as_json
from bot.reports.noise import mostly_passed_over, reminders_sent
from bot.reports.told import Report, by_version, report_message, report_words, sections

__all__ = [
    "FILTERS", "Asked", "Report", "Sight", "as_json", "by_version", "chosen", "mostly_passed_over", "nearest",
    "read_request", "reminders_sent", "report_message", "report_words", "request", "rows", "sections", "seen_by",
]  # fmt: skip

"""A report: the figures of a period, asked for in plain words, and told in plain words. Pure."""

from bot.reports.asked import FILTERS, Asked, nearest, read_request, seen_by
from bot.reports.told import Report, as_json, report_words, sections

__all__ = [
    "FILTERS", "Asked", "Report", "as_json", "nearest", "read_request", "report_words", "sections", "seen_by",
]  # fmt: skip

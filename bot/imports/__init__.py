"""CSV, the part that only thinks: what kind of file it is, what its columns mean, and one row as a lead.

A cell means what the same value means in the generic feed: only what spreadsheets write differently (dates
of every country, decimal commas, a name in two columns) is turned round here; the forms of bot/intake check.
"""

from bot.imports.columns import columns, described, feed_name, mapping
from bot.imports.dates import Order
from bot.imports.deals import DealFile, Staff, must_be_leads, staff_of
from bot.imports.reading import Habits, Survey, TwoWays, header_of, read_row
from bot.imports.rows import Row, read_rows
from bot.imports.shape import Shape, sniff

__all__ = [
    "DealFile",
    "Habits",
    "Order",
    "Row",
    "Shape",
    "Staff",
    "Survey",
    "TwoWays",
    "columns",
    "described",
    "feed_name",
    "header_of",
    "mapping",
    "must_be_leads",
    "read_row",
    "read_rows",
    "sniff",
    "staff_of",
]

"""The page of figures, as a browser gets it: one document, nothing from elsewhere, no word of which is markup."""

from bot.pages.page import Choices, closed_page, policy, report_page

__all__ = ["Choices", "closed_page", "policy", "report_page"]

"""Which company a lead belongs to, by its addresses."""

import pytest

from bot.companies import domain_of


@pytest.mark.parametrize(
    ("email", "domain", "company"),
    [
        ("pat@globex.test", None, "globex.test"),
        ("PAT@Globex.test", None, "globex.test"),
        ("pat@gmail.com", None, None),
        ("pat@gmail.com", "globex.test", "globex.test"),
        ("info@globex.test", None, None),
        ("info@hosting.test", "globex.test", "globex.test"),
        (None, "https://www.Globex.test/about", "globex.test"),
        (None, "gmail.com", None),
        (None, "Globex", None),
        (None, None, None),
    ],
)
def test_a_business_address_says_the_company(
    email: str | None, domain: str | None, company: str | None
) -> None:
    assert domain_of({"contact.email": email, "company.domain": domain}) == company

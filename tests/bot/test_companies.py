"""Which company a lead belongs to, by its addresses."""

from pathlib import Path

import pytest
import yaml

import bot
from bot.companies import domain_of

DEMO = Path(bot.__file__).parent / "demo" / "workspace.yaml"


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


def test_the_demos_leads_and_who_asks_it_for_a_demo_are_each_of_a_company_of_their_own() -> None:
    """Else they share a card, as soon as one comes while another waits."""
    [demo] = yaml.safe_load(DEMO.read_text("utf-8"))["senders"].values()
    told = [each["body"] for each in demo["schedule"]] + [demo["templates"]["Somebody asks for a demo"]]
    companies = [body["company"]["name"] for body in told if "company" in body]

    assert len(companies) > 20
    assert sorted(set(companies)) == sorted(companies)

"""Which company is meant where an address does not say it: names that differ in form only are one."""

import pytest

from bot.firms import Company, company_of, firm, meant


@pytest.mark.parametrize(
    "name",
    [
        "Globex Logistics",
        "GLOBEX LOGISTICS GmbH",
        "Globex Logistics, Inc.",
        "Globex-Logistics S.A.",
        "The Globex Logistics Company",
        "Globex  Lögistics GmbH & Co. KG",
        "globex logistics B.V.",
    ],
)
def test_what_differs_in_form_alone_is_one_name(name: str) -> None:
    assert firm(name) == "globexlogistics"


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("Northwind Traders International", "Northwind Trader International Ltd", True),
        ("Deutsche Bank AG", "Deutsche Bahn AG", False),
        ("Area 51 Logistics and Transport", "Area 52 Logistics and Transport", False),
        ("Globex", "Globex Media", False),
        ("Inc.", "GmbH", False),
        ("", "", False),
    ],
)
def test_other_names_are_other_companies(one: str, other: str, are_one: bool) -> None:  # noqa: FBT001 - a table
    a, b = (Company(domain=None, name=firm(name)) for name in (one, other))

    assert a.may_be(b) == are_one


def test_two_domains_are_two_companies_whatever_they_are_called() -> None:
    ours, theirs = (Company(domain=each, name="globex") for each in ("globex.test", "globex.example"))

    assert meant(ours, [theirs]) == set()
    assert meant(ours, [Company(domain=None, name="globex")]) == {Company(domain=None, name="globex")}


def test_a_mere_name_that_two_companies_have_means_neither() -> None:
    both = [Company(domain=each, name="globex") for each in ("globex.test", "globex.example")]

    assert meant(Company(domain=None, name="globex"), both) == set()
    assert meant(Company(domain=None, name="globex"), both[:1]) == {both[0]}


def test_a_role_address_and_a_public_one_leave_the_name() -> None:
    for mail in ("pat@gmail.com", "info@globex.test"):
        fields = {"contact.email": mail, "company.name": "Globex Inc."}
        assert company_of(fields) == Company(domain=None, name="globex")
    assert company_of({"contact.email": "pat@gmail.com"}) is None

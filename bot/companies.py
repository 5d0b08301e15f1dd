"""Which company a lead belongs to, as far as an address says: by the domain of its business e-mail, or its own.

Everybody has an address at a public mail service, and a role address (info@) may be of anyone there: neither
says for whom somebody works. The list is short on purpose: a service that is missing joins two strangers at
most, who are then offered to one colleague.
"""

from collections.abc import Mapping
from typing import Final

from bot.arrivals import Value

_PUBLIC: Final = frozenset(
    [
        "126.com",
        "163.com",
        "aim.com",
        "aol.com",
        "att.net",
        "bigpond.com",
        "bluewin.ch",
        "btinternet.com",
        "centrum.cz",
        "comcast.net",
        "daum.net",
        "duck.com",
        "email.cz",
        "fastmail.com",
        "free.fr",
        "freenet.de",
        "gmail.com",
        "gmx.at",
        "gmx.ch",
        "gmx.com",
        "gmx.de",
        "gmx.net",
        "googlemail.com",
        "hanmail.net",
        "hey.com",
        "hotmail.co.uk",
        "hotmail.com",
        "hotmail.de",
        "hotmail.fr",
        "hotmail.it",
        "icloud.com",
        "inbox.lv",
        "interia.pl",
        "laposte.net",
        "libero.it",
        "live.co.uk",
        "live.com",
        "live.fr",
        "live.nl",
        "mac.com",
        "mail.com",
        "mail.ru",
        "me.com",
        "msn.com",
        "naver.com",
        "o2.pl",
        "onet.pl",
        "orange.fr",
        "outlook.com",
        "outlook.de",
        "outlook.fr",
        "pm.me",
        "posteo.de",
        "proton.me",
        "protonmail.ch",
        "protonmail.com",
        "qq.com",
        "rediffmail.com",
        "rocketmail.com",
        "sapo.pt",
        "sbcglobal.net",
        "seznam.cz",
        "sfr.fr",
        "sina.com",
        "sky.com",
        "t-online.de",
        "telenet.be",
        "tiscali.it",
        "tuta.com",
        "tutanota.com",
        "ukr.net",
        "uol.com.br",
        "verizon.net",
        "virgilio.it",
        "virginmedia.com",
        "wanadoo.fr",
        "web.de",
        "wp.pl",
        "yahoo.ca",
        "yahoo.co.in",
        "yahoo.co.jp",
        "yahoo.co.uk",
        "yahoo.com",
        "yahoo.com.br",
        "yahoo.de",
        "yahoo.es",
        "yahoo.fr",
        "yahoo.it",
        "yandex.com",
        "yandex.ru",
        "ymail.com",
        "zoho.com",
    ]
)
_ROLES: Final = frozenset(
    [
        "abuse",
        "accounts",
        "admin",
        "billing",
        "contact",
        "enquiries",
        "hello",
        "help",
        "hr",
        "info",
        "kontakt",
        "mail",
        "marketing",
        "no-reply",
        "noreply",
        "office",
        "postmaster",
        "sales",
        "service",
        "support",
        "team",
        "webmaster",
    ]
)


def domain_of(fields: Mapping[str, Value]) -> str | None:
    """The domain that stands for the company of a lead with these facts; None: nothing says which it is."""
    mailbox, _, mail = str(fields.get("contact.email") or "").casefold().rpartition("@")
    if mail and mailbox not in _ROLES and mail not in _PUBLIC:
        return mail
    return company_at(str(fields.get("company.domain") or ""))


def company_at(address: str) -> str | None:
    """The domain of a company's web address; None where it is none, or a public mail service's."""
    written = address.casefold().removeprefix("https://").removeprefix("http://")
    domain = written.partition("/")[0].removeprefix("www.").strip(".")
    return domain if "." in domain and domain not in _PUBLIC else None

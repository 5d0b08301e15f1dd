"""Which company is meant: by its domain, else by its name without what says its form (GmbH, Inc.).

Two domains are two companies, whatever they are called. Where one side has none the names are compared, and only what
differs in form is the same: case, accents, spaces, signs, and a letter in a long name. Names with other figures are not.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from unicodedata import combining, normalize

from rapidfuzz import fuzz

from bot.arrivals import Value
from bot.companies import domain_of

ALIKE: Final = 96  # of 100, by rapidfuzz: a letter too many in 13; Deutsche Bahn and Deutsche Bank have 92
HEAD: Final = 5  # letters by which names are looked up
_WORD: Final = re.compile(r"[^\W_]+")
_FORMS: Final = frozenset(
    [
        "ab",
        "ag",
        "aktiengesellschaft",
        "aps",
        "as",
        "asa",
        "bv",
        "bvba",
        "co",
        "company",
        "corp",
        "corporation",
        "cv",
        "doo",
        "ek",
        "eg",
        "eingetragener",
        "ev",
        "foundation",
        "gbr",
        "ges",
        "gesellschaft",
        "gesmbh",
        "ggmbh",
        "gmbh",
        "group",
        "gruppe",
        "holding",
        "holdings",
        "inc",
        "incorporated",
        "kft",
        "kg",
        "kgaa",
        "kk",
        "lda",
        "limited",
        "llc",
        "llp",
        "lp",
        "ltd",
        "ltda",
        "mbh",
        "nv",
        "ohg",
        "oy",
        "oyj",
        "plc",
        "pte",
        "pty",
        "pvt",
        "sa",
        "sab",
        "sae",
        "sarl",
        "sas",
        "se",
        "sl",
        "slu",
        "snc",
        "spa",
        "spol",
        "sprl",
        "srl",
        "sro",
        "stiftung",
        "the",
        "ug",
        "und",
        "and",
        "et",
        "y",
        "zoo",
    ]
)
_TYPED: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", ".": "", "'": "", "\u2019": ""}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    domain: str | None
    name: str  # without its form, case, accents and signs; empty where none is known

    @property
    def key(self) -> str:
        """The same for leads of the same domain, or of the same name where that is all that is known."""
        return self.domain or f"={self.name}"

    @property
    def head(self) -> str:
        return self.name[:HEAD]

    def may_be(self, other: "Company") -> bool:
        if self.domain and other.domain:
            return self.domain == other.domain
        return bool(self.name and other.name) and _alike(self.name, other.name)


def company_of(fields: Mapping[str, Value]) -> Company | None:
    """None where neither a domain nor a name says which it is."""
    domain, name = domain_of(fields), firm(str(fields.get("company.name") or ""))
    return Company(domain=domain, name=name) if domain or name else None


def head_of(fields: Mapping[str, Value]) -> str | None:
    """By which a lead is looked up where its company has no domain, or the other has none."""
    return firm(str(fields.get("company.name") or ""))[:HEAD] or None


def firm(name: str) -> str:
    """A company's name without its form: Globex Logistics GmbH & Co. KG is globexlogistics."""
    apart = normalize("NFKD", name.casefold().translate(_TYPED))
    words = _WORD.findall("".join(letter for letter in apart if not combining(letter)))
    kept = list(words)
    while kept and kept[-1] in _FORMS:
        kept.pop()
    if kept and kept[0] == "the":
        kept = kept[1:]
    return "".join(kept or words)


def meant(wanted: Company, known: Iterable[Company]) -> set[Company]:
    """Those of these that are the one; none where a mere name may be of two."""
    found = {each for each in known if wanted.may_be(each)}
    if wanted.domain is None and len({each.domain for each in found if each.domain}) > 1:
        return set()
    return found


def _alike(one: str, other: str) -> bool:
    if _figures(one) != _figures(other):
        return False
    return one == other or fuzz.ratio(one, other) >= ALIKE


def _figures(name: str) -> str:
    return "".join(letter for letter in name if letter.isdigit())

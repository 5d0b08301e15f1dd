"""Money: exact amounts with their currency, in ten-thousandths of it; never a float."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SCALE: Final = 10_000  # no currency in use has more than four decimals
MOST: Final = 99_999_999_999  # whole units; nine thousand such amounts still fit into the sum of a database
_COMMA: Final = re.compile(r"\d{1,3}(\.\d{3})+,\d{1,2}|\d+,\d{1,2}|\d{1,3}(\.\d{3}){2,}")
_POINT: Final = re.compile(r"\d{1,3}(,\d{3})+\.\d{1,2}|\d{1,3}(,\d{3}){2,}")
WRITTEN: Final = re.compile(r"(\d{1,11})(?:\.(\d{1,4}))?")

# The alphabetic codes of ISO 4217 that are money of a country or a union of countries.
_CODES: Final = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
    CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD
    HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD
    MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN
    PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY
    TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES: Final = frozenset(_CODES.split())


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Money:
    """`amount` in ten-thousandths of `currency`, an ISO 4217 code."""

    currency: str
    amount: int

    def __str__(self) -> str:
        whole, decimals = self._parts()
        return f"{whole:,}{decimals} {self.currency}"

    @property
    def figure(self) -> str:
        """The amount as `amount` reads it."""
        whole, decimals = self._parts()
        return f"{whole}{decimals}"

    def _parts(self) -> tuple[int, str]:
        whole, part = divmod(self.amount, SCALE)
        decimals = f"{part:04}".rstrip("0").ljust(2, "0")
        return whole, f".{decimals}" if part else ""

    def plain(self) -> str:
        """The amount alone, as other tools read it: 12000.00."""
        whole, part = divmod(self.amount, SCALE)
        return f"{whole}.{f'{part:04}'.rstrip('0').ljust(2, '0')}"


def amount(words: str) -> int | None:
    """The ten-thousandths that a plain decimal number stands for; None where it is none, or too large."""
    found = WRITTEN.fullmatch(words)
    if found is None:
        return None
    ours = int(found[1]) * SCALE + int((found[2] or "").ljust(4, "0"))
    return ours if ours <= MOST * SCALE else None


def typed(words: str) -> str:
    """A figure as people type it (12 000, 1,234.50, 1.234,50) as a plain decimal; 1,234 may be two: it stays."""
    words = re.sub(r"[\s'\u2019]", "", words)
    if _COMMA.fullmatch(words):
        return words.replace(".", "").replace(",", ".")
    return words.replace(",", "") if _POINT.fullmatch(words) else words


def listed(sums: Sequence[Money]) -> str:
    """Sums of several currencies, each on its own: they cannot be added."""
    return ", ".join(map(str, sorted(sums)))

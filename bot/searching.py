"""By which words a lead is found: those of its name, its company, its e-mail and its phone number.

Case, accents and marks do not count: "Müller-Lüdenscheidt" is found by "muller lude". A word is found by its
beginning.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final
from unicodedata import combining, normalize

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from bot.leads.lead import Lead

MOST_WORDS: Final = 20  # of one lead
MOST_ASKED: Final = 6  # of one search
LONGEST: Final = 40  # characters of a word that are kept
LEAST_DIGITS: Final = 5  # of what is taken for a phone number
_WORD: Final = re.compile(r"[^\W_]+")
_PHONE: Final = re.compile(r"\+?[\d\s().\-/]+")
# Letters that are no letter with a mark on it, but are typed as others where a keyboard lacks them.
_TYPED: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "\u0131": "i"})


def words_of(lead: Lead) -> tuple[str, ...]:
    """The words of a lead, each once."""
    mailbox, _, domain = lead.text("contact.email").rpartition("@")
    told = (lead.text("contact.name"), lead.text("company.name"), mailbox, _without_end(domain))
    phone = "".join(character for character in lead.text("contact.phone") if character.isdecimal())
    found = [*_words(*told), *([phone] if phone else []), *_words(_without_end(lead.text("company.domain")))]
    return tuple(dict.fromkeys(word[:LONGEST] for word in found))[:MOST_WORDS]


def asked(words: str) -> tuple[str, ...]:
    """What somebody searches for, as words of leads.

    Of a phone number the digits, without what stands for +; of what may be an address all but its end.
    """
    digits = "".join(character for character in words if character.isdecimal())
    if _PHONE.fullmatch(words.strip()) and len(digits) >= LEAST_DIGITS:
        return (digits.removeprefix("00"),)
    found = [word[:LONGEST] for piece in words.split() for word in _words(_without_end(piece))]
    return tuple(dict.fromkeys(found))[:MOST_ASKED]


def dialled_within(words: str) -> tuple[str, ...]:
    """A whole number as it is dialled within a country: what it is from abroad, by every country's code. Empty: it is none."""
    typed = words.strip()
    digits = "".join(character for character in typed if character.isdecimal())
    if typed.startswith(("+", "00")) or not _PHONE.fullmatch(typed) or len(digits) < LEAST_DIGITS:
        return ()
    own = dict.fromkeys((digits.removeprefix("0"), digits))  # Italy keeps the 0
    return tuple(f"+{code}{number}" for code in COUNTRY_CODE_TO_REGION_CODE for number in own)


def fits(words: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether each of these is how one of the words begins."""
    return all(any(word.startswith(each) for word in words) for each in wanted)


def _words(*texts: str) -> Iterator[str]:
    for text in texts:
        apart = normalize("NFKD", text.casefold().translate(_TYPED))
        yield from _WORD.findall("".join(letter for letter in apart if not combining(letter)))


def _without_end(domain: str) -> str:
    """globex.test -> globex: everybody has one of few endings."""
    name, dot, _ = domain.rpartition(".")
    return name if dot else domain

"""What a Slack status says about being here. The one table of emoji and words; its words are never kept."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Final

AWAY_EMOJI: Final = frozenset(
    {
        *(":palm_tree:", ":beach_with_umbrella:", ":umbrella_on_ground:", ":desert_island:", "🌴", "🏖️", "🏝️"),
        *(":face_with_thermometer:", ":thermometer:", ":mask:", ":sneezing_face:", ":nauseated_face:"),
        *(":face_with_head_bandage:", ":hospital:", "🤒", "🌡️", "😷", "🤧", "🤢", "🤕", "🏥"),
    }
)
# Whole words, without their accents; by language.
AWAY_WORDS: Final = (
    *("vacation", "vacationing", "on holiday", "holidays", "public holiday", "bank holiday", "annual leave"),
    *("on leave", "sick leave", "parental leave", "maternity leave", "paternity leave", "medical leave"),
    *("out sick", "off sick", "sick", "ill", "unwell", "ooo", "out of office", "out of the office"),
    *("pto", "day off", "days off", "time off", "off today"),
    *("urlaub", "ferien", "feiertag", "krank", "krankgeschrieben", "abwesend", "elternzeit", "mutterschutz"),
    *("ausser haus", "nicht im buro", "nicht im buero", "freier tag", "gleittag"),
    *("vacances", "conge", "conges", "malade", "arret maladie", "absent", "absente", "hors du bureau"),
    *("ferie", "jour ferie", "rtt", "conge maternite", "conge paternite", "conge parental"),
    *("vacaciones", "de baja", "baja medica", "enfermo", "enferma", "ausente", "fuera de la oficina"),
    *("fuera de oficina", "festivo", "feriado", "dia libre", "de permiso"),
)
AWAY_ALONE: Final = frozenset(
    {"holiday", "leave", "off", "frei", "baja", "permiso"}
)  # and nothing beside them
# Who is back from it, or works on it, is here.
HERE_WORDS: Final = (
    *("back from", "campaign", "campaigns", "planning", "zuruck aus", "kampagne", "planung"),
    *("de retour", "campagne", "de vuelta", "campana"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What stands beside somebody's name in Slack; `until` None: it does not end by itself."""

    emoji: str = ""
    text: str = ""
    until: datetime | None = None

    def ended(self, now: datetime) -> bool:
        return not (self.emoji or self.text) or (self.until is not None and self.until <= now)

    def says_away(self) -> bool:
        """Whether it says holiday, sick or out of office."""
        words = _plain_words(self.text)
        if _has(words, HERE_WORDS):
            return False
        return self.emoji in AWAY_EMOJI or words in AWAY_ALONE or _has(words, AWAY_WORDS)

    def mark(self) -> str:
        """What tells this status from another, and nothing of what it says."""
        told = "\x1f".join([self.emoji, self.text, str(self.until)])
        return blake2b(told.encode(errors="replace"), digest_size=8).hexdigest()


def _has(words: str, these: tuple[str, ...]) -> bool:
    return any(f" {each} " in f" {words} " for each in these)


def _plain_words(text: str) -> str:
    """Small letters without accents or marks, a space between words."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(each for each in folded if not unicodedata.combining(each))
    return " ".join(re.findall(r"\w+", letters))

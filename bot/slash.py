"""What can be asked with /truce: each first word with how it is used. A noun adds its own words here."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Final, NamedTuple

from bot.text import plain

COMMAND: Final = "/truce"
HELP: Final = "help"


class Use(NamedTuple):
    """One way to use a word, as it is typed, and what follows from it."""

    typed: str
    does: str


USES: Final[Mapping[str, tuple[Use, ...]]] = {
    "mine": (Use("mine", "shows what is yours to do next"),),
    "new": (Use("new", "makes a lead by hand; words behind it fill in the form"),),
    "find": (Use("find globex pat", "finds leads by name, company, e-mail or phone number"),),
    "lead": (
        Use("lead pat@globex.test", "shows one lead: by its e-mail, its phone number, its id or its name"),
    ),
    "log": (Use("log pat@globex.test", "shows all that has happened to it"),),
    "hours": (
        Use("hours", "shows your working hours"),
        Use("hours mon-wed 9-15", "makes them your own; `hours team` goes back to the team's"),
    ),
    "off": (Use("off 24 Dec", "is a day off of yours; `off none` clears them"),),
    "hot": (Use("hot until 21:00", "lets hot leads reach you until then today"),),
    "away": (
        Use(
            "away until Friday",
            "or `for 2 weeks`, `today`, `24 Dec - 2 Jan`: somebody else looks after what is open",
        ),
    ),
    "back": (Use("back", "when you are here again"),),
    "rota": (Use("rota", "shows whose turn it is, and what each has had"),),
    "report": (
        Use(
            "report last week",
            "the figures: also `march`, `2026-Q3`, `1 Nov..15 Nov`; `campaign: Autumn webinar`, `attribution: linear`",
        ),
    ),
    "digest": (Use("digest off", "ends Monday's message about your own leads; `digest on` brings it back"),),
    "deal": (Use("deal", "tells of a deal: a new one, or one of yours that was won or lost"),),
    "retros": (
        Use(
            "retros initech over 10000",
            "finds what closed deals taught us, by words, reason, campaign, amount",
        ),
    ),
    "campaigns": (
        Use("campaigns", "how each campaign of eight weeks stands, whose it is, and its line for sales"),
        Use(
            "campaigns off", "ends the daily message about those that you own; `campaigns on` brings it back"
        ),
    ),
    "heard": (
        Use("heard", "keeps what a customer said: an objection, a wish, a competitor"),
        Use("heard price", "finds what was kept about it"),
    ),
    "agreement": (
        Use("agreement", "what both sides agreed on, in words, who signed it, and a place for suggestions"),
    ),
    "settings": (
        Use("settings", "for admins: changes the agreement: reminders, hours, reasons, score, teams"),
    ),
    "pause": (Use("pause until Monday", "for managers: nobody is reminded, clocks stand still"),),
    "go": (Use("go on", "ends a pause"),),
}
# What people say instead; "I am", "I'm" and "please" before it are passed over.
SYNONYMS: Final[Mapping[str, str]] = {
    "?": HELP,
    "commands": HELP,
    "usage": HELP,
    **dict.fromkeys(("holiday", "vacation", "vacationing", "sick", "ill", "ooo", "out", "leave"), "away"),
    **dict.fromkeys(("return", "returned", "here", "present"), "back"),
    **dict.fromkeys(("hour", "working", "week", "schedule"), "hours"),
    **dict.fromkeys(("retro", "retrospective", "lessons"), "retros"),
    **dict.fromkeys(("resume", "continue", "unpause"), "go"),
    **dict.fromkeys(("setting", "config", "configure", "setup"), "settings"),
    **dict.fromkeys(("sla", "rules", "terms", "contract"), "agreement"),
    "day-off": "off",
    "campaign": "campaigns",
    **dict.fromkeys(("hear", "voice", "voices", "customer"), "heard"),
    **dict.fromkeys(("my", "todo", "next", "leads"), "mine"),
    **dict.fromkeys(("add", "create", "make"), "new"),
    **dict.fromkeys(("search", "look", "lookup", "who", "where"), "find"),
    **dict.fromkeys(("show", "open", "about"), "lead"),
    **dict.fromkeys(("history", "timeline", "logs"), "log"),
    **dict.fromkeys(("reports", "figures", "numbers", "stats"), "report"),
    **dict.fromkeys(("deals", "won", "lost", "sale", "opportunity"), "deal"),
    **dict.fromkeys(("turn", "turns", "rotation", "roster"), "rota"),
}
POLITE: Final = frozenset({"i", "i'm", "im", "am", "i\u2019m", "be", "please", "pls", "hi", "hello", "hey"})


def understood(text: str) -> tuple[str, str]:
    """The word of /truce that is meant, and what follows it; a word that we do not know comes back as it is."""
    words = text.split()
    while len(words) > 1 and words[0].lower().rstrip(",") in POLITE:
        words.pop(0)
    if not words:
        return HELP, ""
    first = words[0].lower().rstrip(",.:!") or words[0]
    return SYNONYMS.get(first, first), " ".join(words[1:])


def unknown(word: str, known: Iterable[str]) -> str:
    """A sentence for who typed a word that nobody answers to, with the one that was probably meant."""
    near = get_close_matches(word, sorted({HELP, *known, *SYNONYMS}), n=1)
    meant = f" Did you mean `{COMMAND} {SYNONYMS.get(near[0], near[0])}`?" if near else ""
    return f"I do not know “{plain(word, 40)}”.{meant} `{COMMAND} {HELP}` lists what I know."


def help_for(known: Iterable[str]) -> str:
    """Everything that can be asked, a line each."""
    uses = [use for word in known for use in USES[word]]
    lines = [f"• `{COMMAND} {use.typed}` {use.does}" for use in uses]
    return "\n".join(["What you can ask of me; only you see the answer:", *lines])

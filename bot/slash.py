"""What can be asked with /truce: each first word with how it is used. A noun adds its own words here."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Final, NamedTuple

from bot.text import plain


def _each(words: str) -> frozenset[str]:
    return frozenset(words.split())


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
        Use(
            "campaigns",
            "how each campaign of eight weeks stands, whose it is, and its line for sales; `campaigns webinar` finds some",
        ),
        Use(
            "campaigns off", "ends the daily message about those that you own; `campaigns on` brings it back"
        ),
    ),
    "heard": (
        Use("heard", "keeps what a customer said: an objection, a wish, a competitor"),
        Use("heard price", "finds what was kept about it; heard globex what was said there"),
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
# What people say instead.
SYNONYMS: Final[Mapping[str, str]] = {
    "commands": HELP,
    "usage": HELP,
    **dict.fromkeys(("holiday", "vacation", "vacationing", "sick", "ill", "ooo", "out", "leave"), "away"),
    **dict.fromkeys(("return", "returned", "here", "present"), "back"),
    **dict.fromkeys(("hour", "work", "working", "week", "schedule"), "hours"),
    **dict.fromkeys(("retro", "retrospective", "lessons"), "retros"),
    **dict.fromkeys(("resume", "continue", "unpause"), "go"),
    **dict.fromkeys(("setting", "config", "configure", "setup"), "settings"),
    **dict.fromkeys(("sla", "rules", "terms", "contract"), "agreement"),
    "day-off": "off",
    "campaign": "campaigns",
    **dict.fromkeys(("hear", "voice", "voices", "customer", "customers"), "heard"),
    **dict.fromkeys(("my", "todo", "next", "leads"), "mine"),
    **dict.fromkeys(("add", "create", "make"), "new"),
    **dict.fromkeys(("search", "look", "lookup", "who", "who's", "where", "where's"), "find"),
    **dict.fromkeys(("show", "open", "about"), "lead"),
    **dict.fromkeys(("history", "timeline", "logs"), "log"),
    **dict.fromkeys(("reports", "figures", "numbers", "stats"), "report"),
    **dict.fromkeys(("deals", "won", "lost", "sale", "opportunity"), "deal"),
    **dict.fromkeys(("turn", "turns", "rotation", "roster"), "rota"),
}
POLITE: Final = frozenset({"please", "pls", "thanks"})  # also at the end
# What people begin with before they come to the point; a word that means something is never passed over.
OPENERS: Final = POLITE | _each(
    "i i'm im i'll am be hi hello hey truce what what's whats which whose how is are do does did can could would"
    " you your we us our me the a an all on in at to see give tell list set get want need like let"
)
# Passed over in what is looked for: find A LEAD AT globex.
OF: Final = _each("a about an are at for from has have is lead leads me my of owns the to took up with")
LOOKED_FOR: Final = frozenset({"find", "lead", "log", "heard"})
MADE: Final = _each("a an called for lead named")  # new LEAD CALLED pat
SHOWS: Final = frozenset({"my", "show", "open"})
# What can be shown; other words behind these are those of a lead.
SHOWN: Final = _each("agreement campaigns digest help heard hours log mine report retros rota settings")
SENTENCES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("who is next", "who's next", "whos next", "who is on"), "rota"),
    **dict.fromkeys(("what can you do", "what can i do", "what can i ask", "how does this work"), HELP),
}
PRESSED: Final = _each("accept reject take contacted snooze undo recycle dispute thank answer fix give")
SHORT: Final = 3  # letters
_SENT_AS: Final = re.compile(
    r"<(?:mailto|tel|https?):[^<>|]*\|([^<>]*)>"
)  # by Slack, which makes links of them
_REACHES: Final = re.compile(r"\S+@\S+\.\S+|\+?[\d\s().\-/]{7,}")
_HARMLESS: Final = re.compile(r"[\w .@+'-]{2,40}")


def understood(text: str) -> tuple[str, str]:
    """The word of /truce that is meant, and what follows it; a word that we do not know comes back as it is."""
    text = _SENT_AS.sub(r"\1", text).strip()
    words = text.split()
    while len(words) > 1 and _bare(words[-1]) in POLITE:
        words.pop()
    sentence = " ".join(map(_bare, words))
    if sentence in SENTENCES:
        return SENTENCES[sentence], ""
    if _REACHES.fullmatch(text):
        return "lead", text
    while len(words) > 1 and _bare(words[0]) in OPENERS:
        words.pop(0)
    if not words:
        return HELP, ""
    said, *rest = words
    if _bare(said) in SHOWS:
        shown = _without(rest, OF | OPENERS)
        if shown and _meant(shown[0]) in SHOWN:
            said, *rest = shown
    word = _meant(said)
    if word in LOOKED_FOR:
        return word, " ".join(_without(rest, OF)).rstrip("?!")
    return word, " ".join(_without(rest, MADE) if word == "new" else rest)


def _without(words: Sequence[str], beginnings: Collection[str]) -> Sequence[str]:
    """The words from the first on that is none of these; the last one always stays."""
    first = next((at for at, each in enumerate(words) if _bare(each) not in beginnings), len(words) - 1)
    return words[max(0, first) :]


def _bare(word: str) -> str:
    """The same in small letters, without a mark at its end, and without the slash of a command."""
    return word.lower().removeprefix("/").replace("\u2019", "'").rstrip(",.:!?") or word


def _meant(word: str) -> str:
    bare = HELP if word == "?" else _bare(word)
    return SYNONYMS.get(bare, bare)


def unknown(word: str, known: Iterable[str]) -> str:
    """A sentence for who typed a word that nobody answers to, with what was probably meant."""
    if word in PRESSED:
        return f"“{word}” is a button of the lead's own message. `{COMMAND} mine` shows what is yours to do, with its buttons."
    words = sorted({HELP, *known, *SYNONYMS})
    if len(word) <= SHORT:  # of so few letters two words have much in common by chance
        words = [each for each in words if each[:1] == word[:1]]
    near = get_close_matches(word, words, n=1, cutoff=0.65)
    if near:
        meant = f"Did you mean `{COMMAND} {SYNONYMS.get(near[0], near[0])}`? "
    elif _HARMLESS.fullmatch(word):
        meant = f"`{COMMAND} find {word}` looks for a lead of that name. "
    else:
        meant = ""
    return f"I do not know “{plain(word, 40)}”. {meant}`{COMMAND} {HELP}` lists what I know."


def help_for(known: Iterable[str]) -> str:
    """Everything that can be asked, a line each: what is asked most comes first."""
    here = set(known)
    uses = [use for word, ways in USES.items() if word in here for use in ways]
    lines = [f"• `{COMMAND} {use.typed}` {use.does}" for use in uses]
    return "\n".join(["What you can ask of me; only you see the answer:", *lines])

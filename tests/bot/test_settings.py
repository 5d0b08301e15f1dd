"""app.yaml: what may stand in it, and what is said of what may not."""

import re
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
import yaml
from pydantic import BaseModel, ValidationError

from bot.settings import Hours, Person, Settings, SettingsError, WeeklyTime, load
from bot.working_time import Span, Week

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "app.example.yaml"
LEADS = 'channels: {leads: "#leads"}\n'
BERLIN = ZoneInfo("Europe/Berlin")

# What the example has in comments behind its values, switched on.
BEHIND = {
    "hot: {sources: [demo_request, contact_us]}": "hot: {sources: [demo_request, contact_us], score: 80}",
    "require: [reachable]": "require: [reachable, company, contact.title]",
    "disqualify: {}": "disqualify: {email_domains: [mail.test], titles: [Student], countries: [KP]}",
    "facts: {}": 'facts: {contact.title: {director: 15, vp: 20}, company.employees: {">=200": 15}}',
    "weights: {}": "weights: {ben@acme.test: 2}",
    "reasons: {}": 'reasons: {not_icp: "Not our kind of company"}',
    "website: {kind: generic}": "website: {kind: generic, auth: bearer, score_scale: 100}",
    "stages: []": "stages: [Demo, Proposal]",
    "out: []": "out: [{url: https://..., events: [decision, contact], feed: website}]",
    "holidays: []": "holidays: [DE-BY, GB, 2026-12-24]",
    "[...]": "[amy@acme.test]",
    "hours: {...}": 'hours: {week: {mon-sun: "00:00-24:00"}}',
    "ladder: {...}": "ladder: {hot: {remind: 3m}}",
}


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "app.yaml"
    path.write_text(text, "utf-8")
    return path


def problems(tmp_path: Path, text: str) -> list[str]:
    """What is said of `text`, without the file's name."""
    path = written(tmp_path, text)
    with pytest.raises(SettingsError) as refused:
        load(path)
    assert str(refused.value).splitlines() == list(refused.value.problems)
    return [problem.removeprefix(f"{path}:") for problem in refused.value.problems]


def everything() -> str:
    """The example with all its comments switched on."""
    text = "".join(EXAMPLE.read_text().splitlines(keepends=True)[2:])
    text = re.sub(r"^( *)# ", r"\1", text, flags=re.MULTILINE)
    for shown, switched_on in BEHIND.items():
        assert shown in text
        text = text.replace(shown, switched_on)
    return text


def test_the_default_file_is_all_that_is_needed() -> None:
    assert load(ROOT / "app.yaml").channels.leads == "#leads"


def test_the_example_shows_every_default() -> None:
    assert load(EXAMPLE) == load(ROOT / "app.yaml")


def test_the_example_loads_with_all_its_comments_switched_on(tmp_path: Path) -> None:
    settings = load(written(tmp_path, everything()))

    assert settings.people.reps == (
        Person("amy@acme.test"),
        Person("ben@acme.test", ("ben.okafor@crm.test",)),
    )
    assert settings.people.heads.sales == Person("hal@acme.test")
    assert settings.hours.timezone == ZoneInfo("Europe/London")
    assert settings.hours.holidays == ("DE-BY", "GB", date(2026, 12, 24))
    assert settings.leads.score.facts == {
        "contact.title": {"director": 15, "vp": 20},
        "company.employees": {">=200": 15},
    }
    assert settings.feeds["website"].auth == "bearer"
    assert settings.aliases == {"ben.okafor@crm.test": "ben@acme.test"}


def test_the_example_names_every_key() -> None:
    shown = yaml.safe_load(everything())
    for key in keys(Settings):
        if key[:2] in {("teams", "hours"), ("teams", "ladder")}:
            continue  # the same as those for all
        value = shown
        for step in key:
            value = next(
                (item[step] for item in (value if isinstance(value, list) else [value]) if step in item), None
            )
        assert value is not None or key == ("leads", "cap"), f"{'.'.join(key)} is not in app.example.yaml"


def keys(annotation: Any) -> list[tuple[str, ...]]:
    """Every path of keys below a model; those of tables, which the operator chooses, left out."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = {
            name: field.annotation for name, field in annotation.model_fields.items() if name != "feeds"
        }
        return [(name, *path) for name, kind in fields.items() for path in keys(kind) or [()]]
    return [path for part in get_args(annotation) for path in keys(part)]


def test_settings_are_written_as_they_are_read(tmp_path: Path) -> None:
    settings = load(written(tmp_path, everything()))

    assert Settings.model_validate(settings.model_dump(mode="json")) == settings


def test_settings_never_change(tmp_path: Path) -> None:
    settings = load(written(tmp_path, LEADS))

    with pytest.raises(ValidationError, match="frozen"):
        settings.leads.attempts = 3  # type: ignore[misc] # that is the point


def test_channels_not_written_are_the_leads_channel(tmp_path: Path) -> None:
    channels = load(written(tmp_path, "channels: {leads: sales, retros: C012AB3CD}")).channels

    assert (channels.leads, channels.feedback, channels.managers) == ("#sales", "#sales", "#sales")
    assert channels.retros == "C012AB3CD"


def test_time_is_working_time_in_ladder_and_retro_and_calendar_time_elsewhere(tmp_path: Path) -> None:
    settings = load(written(tmp_path, LEADS))

    assert settings.ladder.standard.breach == Span(days=1)
    assert settings.ladder.hot.stalled == (Span(days=3), Span(days=7), Span(days=14))
    assert settings.retro.start_after == Span(seconds=1800)
    assert settings.leads.undo == timedelta(minutes=15)
    assert settings.leads.recycle.get("no_need") == timedelta(days=180)
    assert settings.leads.recycle.get("spam") is None
    assert settings.digest.at == WeeklyTime(0, time(9))


def test_a_word_stays_a_word(tmp_path: Path) -> None:
    text = LEADS + (
        "figures_per_person: off\nhours: {week: {mon-fri: 09:00-17:30}}\n"
        "leads: {disqualify: {countries: [NO]}}\nreasons: {spam: yes}\n"
    )

    settings = load(written(tmp_path, text))

    assert settings.figures_per_person == "off"
    assert settings.hours.week == Week.parse({"mon-fri": "9-17:30"})
    assert settings.leads.disqualify.countries == ("NO",)
    assert settings.reasons == {"spam": "yes"}


def test_a_part_with_nothing_below_it_is_all_defaults(tmp_path: Path) -> None:
    text = LEADS + "leads:\n  # cap: 3\nladder:\n  hot:\n"

    assert load(written(tmp_path, text)) == load(written(tmp_path, LEADS))


def test_what_a_part_does_not_say_keeps_its_default(tmp_path: Path) -> None:
    rungs = load(written(tmp_path, LEADS + "ladder: {hot: {remind: 1m}}")).ladder.hot

    assert (rungs.remind, rungs.breach) == (Span.parse("1m"), Span.parse("15m"))


def test_anchors_and_merges_may_be_used(tmp_path: Path) -> None:
    text = LEADS + "ladder:\n  hot: &quick {remind: 1m}\n  standard: {<<: *quick, breach: 2h}\n"

    assert load(written(tmp_path, text)).ladder.standard.remind == Span.parse("1m")


def test_hours_make_the_calendar_of_somebody_in_a_zone() -> None:
    hours = Hours.model_validate({"week": {"mon-fri": "09:00-12:00"}, "holidays": ["DE-BY", "2026-12-24"]})

    calendar = hours.calendar(BERLIN)

    assert calendar.zone is BERLIN
    assert calendar.week == hours.week
    assert calendar.holidays == {"DE-BY", date(2026, 12, 24)}


def test_without_teams_there_is_one_for_all(tmp_path: Path) -> None:
    [team] = load(written(tmp_path, LEADS + "people: {reps: [amy@acme.test]}")).teams_in_force

    assert (team.name, team.channel, team.when) == ("all", "#leads", {})
    assert team.reps == (Person("amy@acme.test"),)
    assert team.managers is None


def test_a_team_in_force_is_its_own_words_laid_over_those_for_all(tmp_path: Path) -> None:
    text = LEADS + (
        "people: {managers: [hal@acme.test]}\n"
        "hours: {timezone: Europe/London, disturb: always}\n"
        "ladder: {hot: {remind: 6m, breach: 20m}, most: 3}\n"
        "teams:\n"
        "  - {name: dach, channel: leads-dach, reps: [eva@acme.test], when: {country: [DE, AT], employees: '>=200'},\n"
        "     offer: rotation, hours: {timezone: Europe/Berlin}, ladder: {hot: {remind: 3m}}}\n"
        "  - {name: all, channel: leads}\n"
    )

    dach, rest = load(written(tmp_path, text)).teams_in_force

    assert dach.when == {"company.country": ("DE", "AT"), "company.employees": (">=200",)}
    assert (dach.reps, dach.managers) == ((Person("eva@acme.test"),), (Person("hal@acme.test"),))
    assert (dach.offer, rest.offer) == ("rotation", "channel")
    assert (dach.hours.timezone, dach.hours.disturb) == (BERLIN, "always")
    assert (dach.ladder.hot.remind, dach.ladder.hot.breach) == (Span.parse("3m"), Span.parse("20m"))
    assert (dach.ladder.most, rest.ladder.hot.remind) == (3, Span.parse("6m"))


TOLD = "{url: https://crm.test, events: [owner]}"
TWO_TEAMS = "teams:\n  - {name: a, channel: a, when: {source: web}}\n  - {name: b, channel: b"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        # keys
        ("chanels: {}", "2: chanels: 'chanels' is no key here (did you mean channels?); allowed: channels, people"),
        ("leads:\n  hot: {sorces: []}", "3: leads.hot.sorces: 'sorces' is no key here (did you mean sources?)"),
        ("teams: [{nam: a, name: a, channel: a}]", "2: teams.0.nam: 'nam' is no key here (did you mean name?)"),
        ("feeds: {crm: {score: 5}}", "2: feeds.crm.score: 'score' is no key here (did you mean score_scale?)"),
        ("zzz: 1", "2: zzz: 'zzz' is no key here; allowed: channels, people, hours"),
        ("7: 1", "2: 7: 7 is no key here; allowed: channels"),
        ("leads: {cap: 1}\nleads: {undo: 1m}", "3: leads: is in line 2 already; allowed: each key once"),
        ("leads:\n  cap: 1\n  cap: 1", "4: leads.cap: is in line 3 already; allowed: each key once"),
        # shapes
        ("leads: 5", "2: leads: 5 does not fit; allowed: keys with values below it"),
        ("feeds: []", "2: feeds: [] does not fit; allowed: keys with values below it, or {} for none"),
        ("people: {reps: amy@acme.test}", "2: people.reps: 'amy@acme.test' does not fit; allowed: a list"),
        ("out: [{events: []}]", "2: out.0.url: is needed; allowed: https://..."),
        ("out:", "2: out: nothing does not fit; allowed: a list"),
        # values
        ("leads: {offer: rotaton}", "2: leads.offer: 'rotaton' does not fit (did you mean rotation?); allowed: channel, r"),
        ("leads: {attempts: five}", "2: leads.attempts: 'five' does not fit; allowed: a whole number, 0 or more"),
        ("leads: {attempts: true}", "2: leads.attempts: True does not fit; allowed: a whole number"),
        ("leads: {cap: 0}", "2: leads.cap: 0 does not fit; allowed: a whole number, 1 or more"),
        ("leads: {undo: 15}", "2: leads.undo: 15 is no length of time; allowed: a number with s, m, h or d: 15m, 30d"),
        ("leads: {require: [phone]}", "2: leads.require.0: 'phone' is no field of a lead; allowed: country"),
        ("leads: {require: [contact.emial]}", "2: leads.require.0: 'contact.emial' is no field of a lead (did you mean con"),
        ("leads: {score: {facts: {title: {vp: x}}}}", "2: leads.score.facts.title.vp: 'x' does not fit; allowed: a whole n"),
        ("leads: {score: {facts: {url: {'>x': 1}}}}", "2: leads.score.facts.url.>x: '>x' compares nothing; allowed: \">=200"),
        ("leads: {weights: {ben: 2}}", "2: leads.weights.ben: 'ben' names nobody; allowed: an e-mail, a Slack id"),
        ("leads: {disqualify: {countries: [de]}}", "2: leads.disqualify.countries.0: 'de' does not fit; allowed: the two"),
        ("leads: {recycle: {no_ned: 1d}}", "2: leads.recycle.no_ned: 'no_ned' is no key here (did you mean no_need?)"),
        ("leads: {flood: {within: soon}}", "2: leads.flood.within: 'soon' is no length of time; allowed"),
        ("people: {heads: {sales: amy}}", "2: people.heads.sales: 'amy' names nobody; allowed: an e-mail"),
        ("people: {reps: [{a@b.test: x}]}", "2: people.reps.0: {'a@b.test': 'x'} names nobody; allowed"),
        ("people: {reps: [{a@b.test: [x@c.test]}, {b@b.test: [x@c.test]}]}", "2: people: 'x@c.test' is an alias of several"),
        ("hours: {timezone: Europe/Lodnon}", "2: hours.timezone: 'Europe/Lodnon' is no time zone (did you mean Europe/London?)"),
        ("hours: {timezone: 1}", "2: hours.timezone: 1 is no time zone; allowed: a name of the tz database"),
        ("hours: {week: always}", "2: hours.week: 'always' is no week; allowed: days with their hours"),
        ("hours: {week: {mon: 9}}", "2: hours.week: 9 are no hours; allowed: days with their hours"),
        ("hours: {week: {}}", "2: hours.week: there is no open hour; allowed: days with blocks"),
        ("hours: {week: {mon: 9-25}}", "2: hours.week: '9-25' are no hours; allowed: 09:00-17:30"),
        ("hours:\n  holidays:\n    - DE\n    - DE-XX", "5: hours.holidays.1: 'DE-XX' is not known; allowed: DE-BB"),
        ("hours: {holidays: [2026-02-30]}", "2: hours.holidays.0: '2026-02-30' is no date; allowed: 2026-12-24"),
        ("hours: {disturb: never}", "2: hours.disturb: 'never' does not fit; allowed: working-hours, always"),
        ("ladder: {hot: {remind: soon}}", "2: ladder.hot.remind: 'soon' is not a working time; allowed: a number with s"),
        ("ladder: {hot: {remind: 20m}}", "2: ladder.hot.breach: 15m comes before remind (20m); allowed: 20m or later"),
        ("ladder: {hot: {stalled: [3d, 2d]}}", "2: ladder.hot.stalled.1: 2d does not come after 3d; allowed"),
        ("ladder: {hot: {stalled: [1d, 2d, 3d, 4d]}}", "2: ladder.hot.stalled: ['1d', '2d', '3d', '4d'] does not fit; allow"),
        ("digest: {at: monday 9}", "2: digest.at: 'monday 9' is no time of the week; allowed: a day and a time, \"mon 09:00\""),
        ("digest: {attribution: [frist]}", "2: digest.attribution.0: 'frist' does not fit (did you mean first?); allowed: fi"),
        ("retro: {smallest_amount: -1}", "2: retro.smallest_amount: -1 does not fit; allowed: a whole number, 0 or more"),
        ("reasons: {not_ipc: x}", "2: reasons.not_ipc: 'not_ipc' is no reason (did you mean not_icp?); allowed: not_icp, w"),
        ("reasons: {spam: ' '}", "2: reasons.spam: ' ' does not fit; allowed: words"),
        ("feeds: {My-CRM: {}}", "2: feeds.My-CRM: 'My-CRM' does not fit; allowed: a name of a-z, 0-9 and _"),
        ("feeds: {crm: {auth: basic}}", "2: feeds.crm.auth: 'basic' does not fit; allowed: signature, bearer"),
        ("out: [{url: http://crm.test, events: []}]", "2: out.0.url: 'http://crm.test' does not fit; allowed: https://..."),
        ("out: [{url: https://crm.test, events: [owners]}]", "2: out.0.events.0: 'owners' does not fit (did you mean owner?)"),
        ("out: [{url: https://a:b@crm.test/, events: [owner]}]", "2: out.0.url: 'https://a:b@crm.test/' does not fit; allowed"),
        ("out: [{url: https://crm.test}]", "2: out.0.events: is needed; allowed: a list, [decision, contact]"),
        ("out: [{url: https://crm.test, events: []}]", "2: out.0.events: [] does not fit; allowed: one at least"),
        ("out: [{url: https://crm.test, events: [owner], feed: webiste}]", "2: out.0.feed: 'webiste' is no feed (did you mean we"),
        (f"out: [{TOLD}, {TOLD}]", "2: out.1.url: this address is there twice; allowed: each once, with all its events"),
        # teams
        (f"{TWO_TEAMS}, when: {{source: x}}}}", "4: teams.1.when: the last team takes all other leads; allowed: no `when`"),
        ("teams: [{name: a, channel: a}, {name: b, channel: b}]", "2: teams.0: takes every lead, so that the teams after"),
        (f"{TWO_TEAMS}}}".replace("name: b", "name: a"), "4: teams.1.name: 'a' is there twice; allowed: each name once"),
        (f"{TWO_TEAMS}, ladder: {{hot: {{remind: 1h}}}}}}", "4: teams.1.ladder.hot.breach: 15m comes before remind (1h)"),
        (TWO_TEAMS.replace("source", "colour") + "}", "3: teams.0.when.colour: 'colour' is no field of a lead (did you m"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_by_line_key_and_what_is_allowed(tmp_path: Path, text: str, problem: str) -> None:
    told = problems(tmp_path, LEADS + text)

    assert len(told) == 1 or "out.0" in text, told
    assert told[0].startswith(problem), told


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("leads: {}", '1: channels: is needed; allowed: leads: "#leads" below it'),
        ("channels:", '1: channels.leads: is needed; allowed: a channel, "#leads"'),
        ("channels:\n  leads: #leads", "2: channels.leads: nothing is no channel; allowed: a name in small letters and in"),
        ("channels: {leads: 'Our Leads'}", "1: channels.leads: 'Our Leads' is no channel; allowed: a name in small"),
        ("", "1: there is nothing here; allowed: keys with values"),
        ("# only a comment", "1: there is nothing here; allowed: keys with values"),
        ("- channels", "1: this is no mapping; allowed: keys with values"),
        ("leads", "1: this is no mapping; allowed: keys with values"),
        ("channels:\n\tleads: x", "2: a tab; allowed: spaces only"),
        ("people:\n  reps: [@sales]", '2: a value that begins with @; allowed: the same in quotes, "@..."'),
        ("channels: {leads: x", "1: this is no YAML: expected ',' or '}', but got '<stream end>'; allowed"),
        ("leads: {}\nchannels: a: b", "2: this is no YAML: mapping values are not allowed here; allowed: `key: value`"),
        ("leads: &a [*a]", "1: this is no YAML: this contains itself"),
        ("[a]: b", "1: this is no YAML: a key is no word"),
        ("a: !!python/name:os.system x", "1: this is no YAML: could not determine a constructor"),
        ("a: 1\nb: \x07", "2: a control character; allowed: plain text in UTF-8"),
        (f"{LEADS}---\n{LEADS}", "2: this is no YAML: but found another document"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_one_sentence(tmp_path: Path, text: str, problem: str) -> None:
    [told] = problems(tmp_path, text)

    assert told.startswith(problem), told


def test_all_mistakes_are_told_in_the_order_of_their_lines(tmp_path: Path) -> None:
    told = problems(
        tmp_path, "leads:\n  cap: x\n  cap: 0\nhours: {timezone: x}\npeople: {reps: 5}\ndigest: 7\n"
    )

    assert [line.split(" ")[:2] for line in told] == [
        ["1:", "channels:"],
        ["3:", "leads.cap:"],
        ["3:", "leads.cap:"],
        ["4:", "hours.timezone:"],
        ["5:", "people.reps:"],
        ["6:", "digest:"],
    ]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        SettingsError, match=r"none\.yaml: No such file or directory; allowed: a file that can be read"
    ):
        load(tmp_path / "none.yaml")


def test_a_file_in_another_encoding_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "app.yaml"
    path.write_bytes(LEADS.encode() + "reasons: {spam: Müll}".encode("latin-1"))

    with pytest.raises(SettingsError, match=r"app\.yaml:2: a letter that is not UTF-8"):
        load(path)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert load(written(tmp_path, f"\ufeff{LEADS}")).channels.leads == "#leads"


def test_the_rungs_of_a_team_with_shorter_days_are_compared_by_its_own_week(tmp_path: Path) -> None:
    ladder = "ladder: {standard: {remind: 6h}}\n"
    short = "{name: a, channel: a, when: {source: x}, hours: {week: {mon-fri: 9-13}}}"

    assert problems(tmp_path, f"{LEADS}{ladder}teams: [{short}, {{name: b, channel: b}}]\n") == [
        "3: teams.0.ladder.standard.breach: 1d comes before remind (6h); allowed: 6h or later"
    ]


def test_hours_and_days_are_compared_by_the_week_that_is_worked(tmp_path: Path) -> None:
    ladder = "ladder: {standard: {remind: 12h, breach: 1d}}\n"

    assert problems(tmp_path, LEADS + ladder) == [
        "2: ladder.standard.breach: 1d comes before remind (12h); allowed: 12h or later"
    ]
    always = load(written(tmp_path, LEADS + ladder + 'hours: {week: {mon-sun: "00:00-24:00"}}'))
    assert always.ladder.standard.remind == Span.parse("12h")

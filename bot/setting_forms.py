"""The windows in which admins change the agreement: the list of pages, a form for each, the teams."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from slack_sdk.models.blocks import (
    Block,
    ConversationFilter,
    ConversationSelectElement,
    PlainTextInputElement,
    StaticSelectElement,
)

from bot import ids
from bot.agreement import Agreement
from bot.blocks import actions, button, context, field, modal, more, option, section
from bot.errors import Refused
from bot.rejecting import Values
from bot.setting_fields import PAGES, TEAM, Field, Kind, as_text, read, shown, team_fields, value_in
from bot.settings import Settings, Unfit, Written, written
from bot.settings.nodes import spoken
from bot.settings.reading import Misfit, fit
from bot.settings.written import TEAMS, laid_out
from bot.text import plain

EVERY_PAGE: Final = "pages"
TEAM_OF: Final = "team:"  # before the name of the team that a form is about
NEW_TEAM: Final = "team"
ALL: Final = "all"  # the team that there is where none is written
LONGEST: Final = 3000
GONE: Final = "That team is not there any more. Type `/truce settings` to see those that are."


def overview(agreement: Agreement) -> dict[str, Any]:
    """Every page, with a button."""
    pages = [
        section(f"*{page.title}*\n{page.about.capitalize()}.", _change(name, page.title))
        for name, page in PAGES.items()
    ]
    teams = ", ".join(team.name for team in agreement.settings.teams_in_force)
    return modal(
        ids.SETTINGS_LIST,
        "Settings",
        [
            section("What you change holds at once, for leads that wait already too. Both sides are told."),
            *pages,
            section(f"*Teams*\n{teams}.", _change(TEAMS, "Teams")),
            context(f"Version {agreement.version}. All else is in app.yaml."),
        ],
    )


def window(asked: str, agreement: Agreement) -> dict[str, Any]:
    """What a button of the list opens: a form, or the teams. Raises Refused where it is gone."""
    if asked == EVERY_PAGE:
        return overview(agreement)
    if asked == TEAMS:
        return teams_list(agreement)
    title = PAGES[asked].title if asked in PAGES else "Team"
    about = f"{asked}|{agreement.version}"
    fields = _fields(asked, agreement.settings)
    blocks = [_block(each, agreement) for each in fields if _fits(each, agreement.settings)]
    if len(blocks) < len(fields):
        blocks.append(context("What is too long for a window stands in app.yaml alone."))
    if asked == NEW_TEAM:
        element = PlainTextInputElement(action_id=ids.SETTING_FIELD, max_length=40)
        blocks.insert(0, field("name", "Name", element, hint="Small letters, as in dach"))
    elif asked.startswith(TEAM_OF):
        blocks.insert(0, section(f"*{asked.removeprefix(TEAM_OF)}*"))
    else:
        blocks.append(context("An empty field has its default."))
    return modal(ids.SETTING_FORM, title, blocks, submit="Save", about=about)


def teams_list(agreement: Agreement) -> dict[str, Any]:
    """The teams in their order: the first that fits has a lead."""
    blocks: list[Block] = [section("The first team that fits has a lead; the last takes all others.")]
    for team in agreement.settings.teams:
        terms = as_text(Kind.LINES, value_in(agreement.settings, f"{TEAMS}.{team.name}.when"))
        blocks += [
            section(
                f"*{team.name}* in <#{agreement.channels.teams.get(team.name, agreement.channels.leads)}>\n{plain(terms) or 'All other leads'}"
            ),
            actions(
                _change(f"{TEAM_OF}{team.name}", team.name),
                more(ids.MORE, [("Move up", ids.TEAM_UP), ("Remove", ids.TEAM_REMOVE)], team.name),
                block_id=f"team.{team.name}",
            ),
        ]
    if not agreement.settings.teams:
        blocks.append(section(f"One team, *{ALL}*, takes all leads in <#{agreement.channels.leads}>."))
    blocks.append(actions(button("Add a team...", ids.SETTING, NEW_TEAM), block_id="team.add"))
    return modal(ids.SETTINGS_LIST, "Teams", blocks)


def read_about(about: str) -> tuple[str, int]:
    """What a form was opened for, and under which version."""
    asked, _, number = about.partition("|")
    return asked, int(number)


def amending(asked: str, values: Values, opened: Settings) -> Callable[[Written], Written]:
    """What a form that was sent changes in the settings, whatever they are by now. Raises Unfit."""
    changes = read_form(asked, values, opened)
    name = _text(values, "name")
    return lambda told: with_team(told, name, changes) if asked == NEW_TEAM else amended(told, changes)


def read_form(asked: str, values: Values, before: Settings) -> dict[str, Any]:
    """By key, what is said otherwise than it was when the form was opened; None: the default. Raises Unfit."""
    changes: dict[str, Any] = {}
    for each in _fields(asked, before):
        if each.key not in values:
            continue  # it was too long for the window
        text = _text(values, each.key)
        if asked == NEW_TEAM or text != shown(each, before).strip():
            try:
                changes[each.key] = read(each, text)
            except ValueError as error:
                raise Unfit(Misfit(tuple(each.key.split(".")), str(error))) from None
    return changes


def amended(told: Written, changes: Mapping[str, Any]) -> Written:
    """The settings with these changes. Raises Unfit, and Refused where a team is gone."""
    data = laid_out(told)
    for key, value in changes.items():
        *above, last = key.split(".")
        part = data
        if above[0] == TEAMS:
            part = next((team for team in data.get(TEAMS, []) if team["name"] == above[1]), {})
            if not part:
                raise Refused(GONE)
            above = above[2:]
        for step in above:
            part = part.setdefault(step, {})
        part.pop(last, None)
        if value is not None:
            part[last] = value
    return written(fit(data))


def with_team(told: Written, name: str, changes: Mapping[str, Any]) -> Written:
    """One team more, before the last; where there was none, everybody is the last. Raises Unfit."""
    names = list(told.get(TEAMS) or ())
    everybody = {} if names else {TEAMS: [ALL], f"{TEAMS}.{ALL}.channel": told["channels.leads"]}
    names = names or [ALL]
    order = [*names[:-1], name, names[-1]]
    told = {**told, **everybody, f"{TEAMS}.{name}.channel": changes["channel"], TEAMS: order}
    return amended(told, {f"{TEAMS}.{name}.{key}": value for key, value in changes.items()})


def moved_up(told: Written, name: str) -> Written:
    """Raises Unfit where the order would not fit, and Refused where the team is gone or the first already."""
    names = _named(told, name)
    place = names.index(name)
    if not place:
        raise Refused(f"{name} is the first already.")
    names[place - 1 : place + 1] = [name, names[place - 1]]
    return written(fit(laid_out({**told, TEAMS: names})))


def without_team(told: Written, name: str) -> Written:
    """Raises Unfit where the last team would have a `when`, and Refused where the team is gone."""
    names = [each for each in _named(told, name) if each != name]
    return written(fit(laid_out({**told, TEAMS: names})))


def block_of(unfit: Unfit, asked: str) -> tuple[str, str]:
    """The field that a mistake belongs to, and its words; of one that belongs to none, with its key before them."""
    prefix = "" if asked in PAGES or asked == NEW_TEAM else f"{TEAMS}.{asked.removeprefix(TEAM_OF)}."
    blocks = ["name", *(each.key for each in (PAGES[asked].fields if asked in PAGES else TEAM))]
    for place, words in unfit.misfits:
        key = spoken(place[2:] if place[0] == TEAMS else place)
        block = next((each for each in blocks if key == each or key.startswith(f"{each}.")), None)
        if block is not None:
            return f"{prefix}{block}", words
    return "", str(unfit).splitlines()[0]


def _named(told: Written, name: str) -> list[str]:
    names = list(told.get(TEAMS) or ())
    if name not in names:
        raise Refused(GONE)
    return names


def _fields(asked: str, settings: Settings) -> tuple[Field, ...]:
    if asked in PAGES:
        return PAGES[asked].fields
    if asked == NEW_TEAM:
        return TEAM
    name = asked.removeprefix(TEAM_OF)
    if name not in {team.name for team in settings.teams}:
        raise Refused(GONE)
    return team_fields(name)


def _fits(each: Field, settings: Settings) -> bool:
    return len(shown(each, settings)) <= LONGEST


def _block(each: Field, agreement: Agreement) -> Block:
    text = shown(each, agreement.settings)
    element: Any
    if each.kind is Kind.CHANNEL:
        team = each.key.split(".")[1] if each.key.startswith(TEAMS) else ""
        element = ConversationSelectElement(
            action_id=ids.SETTING_FIELD,
            placeholder="A channel that I am in",
            initial_conversation=agreement.channels.teams.get(team),
            filter=ConversationFilter(include=["public", "private"], exclude_bot_users=True),
        )
    elif each.choices is not None:
        options = [option(words, value) for value, words in each.choices.items()]
        chosen = next((one for one in options if one.value == text), None)
        element = StaticSelectElement(
            action_id=ids.SETTING_FIELD, placeholder="As for all", options=options, initial_option=chosen
        )
    else:
        element = PlainTextInputElement(
            action_id=ids.SETTING_FIELD,
            initial_value=text or None,
            multiline=each.kind is Kind.LINES,
            max_length=LONGEST,
        )
    needed = each.kind is Kind.CHANNEL
    return field(each.key, each.label, element, hint=each.hint or None, optional=not needed)


def _change(value: str, about: str) -> Any:
    return button("Change...", ids.SETTING, value, about=about)


def _text(values: Values, block: str) -> str:
    told = next(iter(values.get(block, {}).values()), {})
    chosen = told.get("selected_option") or {}
    return str(told.get("value") or chosen.get("value") or told.get("selected_conversation") or "").strip()

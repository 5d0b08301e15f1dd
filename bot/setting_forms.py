"""The windows in which admins change the agreement: the list of pages, a form for each, the teams."""

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
from bot.setting_changes import ALL, NEW_TEAM, TEAM_OF, fields_of
from bot.setting_fields import PAGES, Field, Kind, as_text, shown, value_in
from bot.settings.written import TEAMS
from bot.text import plain

EVERY_PAGE: Final = "pages"
TEAMS_PAGE: Final = f"{TEAMS}:"  # before the number of a page of them
AT_ONCE: Final = 30  # teams in one window: each is two blocks, of which a view takes 100
LONGEST: Final = 3000


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
            actions(
                button("See changes", ids.CHANGES, str(agreement.version), about="of the agreement so far")
            ),
        ],
    )


def window(asked: str, agreement: Agreement) -> dict[str, Any]:
    """What a button of the list opens: a form, or the teams. Raises Refused where it is gone."""
    if asked == EVERY_PAGE:
        return overview(agreement)
    if asked == TEAMS or asked.startswith(TEAMS_PAGE):
        return teams_list(agreement, int(asked.removeprefix(TEAMS).removeprefix(":") or 0))
    title = PAGES[asked].title if asked in PAGES else "Team"
    about = f"{asked}|{agreement.version}"
    fields = fields_of(asked, agreement.settings)
    texts = {each.key: "" if asked == NEW_TEAM else shown(each, agreement.settings) for each in fields}
    blocks = [_block(each, texts[each.key], agreement) for each in fields if len(texts[each.key]) <= LONGEST]
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


def teams_list(agreement: Agreement, page: int = 0) -> dict[str, Any]:
    """The teams in their order: the first that fits has a lead."""
    blocks: list[Block] = [section("The first team that fits has a lead; the last takes all others.")]
    teams, begin = agreement.settings.teams, page * AT_ONCE
    for team in teams[begin : begin + AT_ONCE]:
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
    if not teams:
        blocks.append(section(f"One team, *{ALL}*, takes all leads in <#{agreement.channels.leads}>."))
    blocks.append(actions(button("Add a team...", ids.SETTING, NEW_TEAM), block_id="team.add"))
    if page:
        blocks.append(_turn("Back", page - 1))
    if len(teams) > begin + AT_ONCE:
        blocks.append(_turn("More", page + 1))
    return modal(ids.SETTINGS_LIST, "Teams", blocks)


def _turn(word: str, page: int) -> Block:
    turn = button(word, ids.SETTING, f"{TEAMS_PAGE}{page}", about="teams")
    return actions(turn, block_id=f"team.{word.lower()}")  # a block of its own: an id stands once in each


def read_about(about: str) -> tuple[str, int]:
    """What a form was opened for, and under which version."""
    asked, _, number = about.partition("|")
    return asked, int(number)


def _block(each: Field, text: str, agreement: Agreement) -> Block:
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

"""Who may do what: roles by task, and what who has none is told."""

from dataclasses import replace

import pytest

from bot.errors import Refused
from bot.people import Named, Person, Role, Roles
from tests.bot.examples import ACME, AMY, BEN, CHI, EVA, GUS, HAL, SAM, agreement

NOBODY_NAMED = agreement(people={}).roles


def refusal(roles: Roles, person: Person, *needed: Role) -> str:
    with pytest.raises(Refused) as refused:
        roles.need(person, *needed)
    return str(refused.value)


@pytest.mark.parametrize("role", [Role.REP, Role.MARKETER, Role.MANAGER])
@pytest.mark.parametrize("person", [AMY, EVA, HAL])
def test_with_nobody_named_every_full_member_has_every_task(person: Person, role: Role) -> None:
    assert NOBODY_NAMED.has(person, role)


def test_with_no_admins_named_they_are_the_workspaces() -> None:
    assert NOBODY_NAMED.has(HAL, Role.ADMIN)
    assert not NOBODY_NAMED.has(AMY, Role.ADMIN)


@pytest.mark.parametrize(
    ("person", "takes"), [(AMY, True), (BEN, True), (CHI, True), (EVA, False), (HAL, False)]
)
def test_named_reps_take_leads_and_nobody_else(person: Person, takes: bool) -> None:  # noqa: FBT001 - a column of the table
    assert ACME.roles.has(person, Role.REP) is takes


def test_a_task_that_nobody_is_named_for_is_everybodys() -> None:
    roles = agreement(people={"reps": ["amy@acme.test"]}).roles

    assert roles.has(EVA, Role.MARKETER)
    assert not roles.has(EVA, Role.REP)


def test_a_guest_acts_only_if_named() -> None:
    named = agreement(people={"reps": ["gus@guest.test"]}).roles

    assert not NOBODY_NAMED.has(GUS, Role.REP)
    assert named.has(GUS, Role.REP)
    assert named.has(GUS, Role.MARKETER)


def test_people_of_other_organisations_and_who_left_never_act() -> None:
    named = agreement(people={"reps": ["sam@other.test", "amy@acme.test"]}).roles
    gone = Person(slack_id="UAMY", name="Amy", email="amy@acme.test", deactivated=True)

    assert not named.has(SAM, Role.REP)
    assert not named.has(gone, Role.REP)


def test_one_person_may_have_several_tasks() -> None:
    roles = agreement(people={"reps": ["amy@acme.test"], "marketers": ["amy@acme.test"]}).roles

    assert roles.has(AMY, Role.REP)
    assert roles.has(AMY, Role.MARKETER)


def test_who_may_not_is_told_who_does_and_whom_to_ask() -> None:
    assert refusal(ACME.roles, EVA, Role.REP) == (
        "Sales takes leads here: amy@acme.test, ben@acme.test, @sales. Ask hal@acme.test to add you."
    )
    assert refusal(ACME.roles, AMY, Role.MARKETER, Role.MANAGER) == (
        "Marketing decides this: eva@acme.test. Ask hal@acme.test to add you."
    )


def test_nobody_is_named_twice_in_one_answer() -> None:
    assert refusal(ACME.roles, AMY, Role.MANAGER) == (
        "A manager decides this: hal@acme.test. Ask them to add you."
    )


def test_people_named_by_id_are_mentioned_and_many_are_counted() -> None:
    roles = agreement(people={"reps": [f"UREP{n}00" for n in range(6)]}).roles

    assert refusal(roles, EVA, Role.REP) == (
        "Sales takes leads here: <@UREP000>, <@UREP100>, <@UREP200>, <@UREP300>, <@UREP400> and 1 other. "
        "Ask a manager to add you."
    )


def test_others_people_are_told_so() -> None:
    assert refusal(ACME.roles, SAM, Role.REP) == "Only people of this workspace take part in its handovers."


def test_an_alias_leads_to_the_persons_own_address() -> None:
    roles = agreement(people={"reps": [{"amy@acme.test": ["amy.jones@crm.test"]}]}).roles

    assert roles.address("Amy.Jones@CRM.test") == "amy@acme.test"
    assert roles.address("Ben@acme.test") == "ben@acme.test"


@pytest.mark.parametrize(
    "entry", ["UAMY", "amy@acme.test", "AMY@acme.test", "@sales", "SALES", "nobody@acme.test"]
)
def test_of_many_people_those_are_meant_who_answer_to_it(entry: str) -> None:
    in_a_group = replace(BEN, groups=("@sales", "S1"))
    everyone = [AMY, in_a_group, CHI, replace(HAL, groups=("@sales",)), replace(EVA, email=None)]

    meant = Named(everyone).meant_by(entry)

    assert list(meant) == [each for each in everyone if each.answers_to(entry)]

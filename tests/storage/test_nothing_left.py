"""A person who stands in words about somebody else, or under two records: removed there too, on both databases."""

from bot.dropped import Dropped, Stage
from bot.leads.commands import Accept, Reject
from storage.db import Database
from storage.dropped import DroppedFiles
from storage.signing import Signing
from storage.workspace import Workspace
from tests.storage.desk import NOW, Desk, arrival
from tests.storage.test_erasures import SOON, erased, everything

PAT = "pat1@globex.test"


async def test_a_record_that_was_known_twice_is_removed_with_all_it_was_known_by(
    desk: Desk, db: Database
) -> None:
    record = await desk.lead(1)
    await desk.leads.change(record.id, Accept(by="UBEN"), NOW)
    lead = await desk.lead(2, contact__phone="+442079469999")
    command = Reject(by="UBEN", reason="duplicate", answer="Pat Doe at Globex", record=record.id)
    await desk.leads.change(lead.id, command, SOON)

    await erased(desk, PAT)

    left = everything(db)
    assert [each for each in ("pat1@", "pat2@", "2079469999", "crm-1", "crm-2") if each in left] == []


async def test_what_others_facts_tell_of_the_person_goes_and_their_own_facts_stay(
    desk: Desk, db: Database
) -> None:
    await desk.lead(1, contact__name="Pat Doe", contact__phone="+442079460001")
    await desk.lead(
        2,
        contact__name="Kim Lee",
        contact__phone="+442079460001",
        facts__sent_by="Pat Doe <pat1@globex.test>",
        url="https://crm.test/leads/pat1@globex.test",
    )

    await erased(desk, PAT)

    left = everything(db)
    assert [each for each in ("pat1@globex", "Pat Doe") if each in left] == []
    [kim] = await desk.leads.find("kim", 2)
    assert kim.text("facts.sent_by") == "[removed] <[removed]>"
    assert (kim.text("contact.name"), kim.text("contact.phone")) == ("Kim Lee", "+442079460001")


async def test_a_second_record_with_the_same_address_is_the_same_person(desk: Desk, db: Database) -> None:
    await desk.lead(1)
    other = await desk.lead(2, contact__name="P. Doe")
    await desk.takes_in(arrival(2, contact__email=PAT, occurred_at=SOON, contact__name="P. Doe"), now=SOON)
    assert (await desk.leads.get(other.id)).text("contact.email") == PAT

    await erased(desk, PAT)

    assert (await desk.leads.get(other.id)).erased_at is not None
    assert [each for each in (PAT, "P. Doe") if each in everything(db)] == []


async def test_files_that_wait_to_be_given_back_are_cleaned_of_the_person(desk: Desk, db: Database) -> None:
    await desk.lead(1, contact__name="Pat Doe")
    row = Dropped(
        id="F1",
        at=NOW,
        by="UEVA",
        name="for Pat Doe.csv",
        stage=Stage.GOING,
        words="line 3: pat1@globex.test",
        rejects="4,no,Pat Doe,pat1@globex.test\n",
    )
    told = DroppedFiles(desk.space, desk.agreement)
    await told.begin(row)
    await told.change("F1", NOW, lambda _: row)

    await erased(desk, PAT)

    assert [each for each in (PAT, "Pat Doe") if each in everything(db)] == []


async def test_a_suggestion_is_cleaned_of_the_person(desk: Desk, db: Database) -> None:
    await Workspace(desk.space).keep("Europe/London", "{}")
    await desk.lead(1, contact__name="Pat Doe")
    await Signing(desk.space, desk.agreement).suggest(1, "UAMY", "Pat Doe should have been called", NOW)

    await erased(desk, PAT)

    assert "[removed] should have been called" in everything(db)

"""Stories of what feeds tell of a lead that we have: what it did, what we did, what was decided elsewhere."""

from typing import Any

import pytest

from playground.things import Message
from tests.world import World, lead, settings_with


class TestTouches:
    async def accepted(self, world: World) -> Message:
        await world.clicks("amy", "Accept", await world.offers())
        return world.card()

    def touch(self, world: World, kind: str, **changes: Any) -> dict[str, Any]:
        return {"touch": {"lead": "crm-991", "kind": kind, "at": world.now().isoformat(), **changes}}

    async def test_a_contact_by_one_of_us_puts_the_lead_in_work(self, world: World) -> None:
        await self.accepted(world)

        status, _ = await world.crm_sends(self.touch(world, "call", by="amy@acme.test"))

        assert status == 202
        assert "Amy took this" in world.card().text
        assert "has been in touch" in world.card().text
        assert "You have been in touch" in world.dm("amy").text

    @pytest.mark.parametrize(
        "settings",
        [settings_with(people={"reps": [{"amy@acme.test": ["amy.jones@crm.test"]}]})],
    )
    async def test_a_crm_may_know_us_by_another_address(self, world: World) -> None:
        await self.accepted(world)

        await world.crm_sends(self.touch(world, "call", by="amy.jones@crm.test"))
        await world.clicks("amy", "Timeline", world.card())

        assert "Call by Amy" in world.form("amy").words

    async def test_a_request_by_an_owned_lead_is_a_dm_to_its_owner(self, world: World) -> None:
        card = await self.accepted(world)

        await world.crm_sends(self.touch(world, "demo_request"))

        assert "Pat Doe at Globex asks to hear from us: demo request" in world.dm("amy").text
        assert world.dm("amy").buttons[:2] == ["Contacted", "No answer"]
        assert world.under(card) == []
        await world.clicks("amy", "Contacted", world.dm("amy"))
        assert "has been in touch" in world.card().text

    async def test_a_request_that_was_answered_says_so_and_asks_no_more(self, world: World) -> None:
        await self.accepted(world)
        await world.clicks("amy", "Contacted", world.dm("amy"))
        await world.time_passes(minutes=30)
        await world.crm_sends(self.touch(world, "demo_request"))
        asked = world.dm("amy")
        await world.clicks("amy", "Contacted", asked)
        await world.time_passes(minutes=30)

        for button in ("Contacted", "No answer"):
            await world.clicks("amy", button, asked)
            assert "You have been in touch with Pat Doe at Globex" in world.told("amy")[-1]

        assert world.count("touch", "kind IN ('contact', 'no_answer')") == 2
        assert world.dm("amy").buttons == []
        assert "Pat Doe at Globex asked to hear from us: demo request" in world.dm("amy").text
        assert "has been in touch" in world.dm("amy").text

    async def test_a_request_is_settled_when_the_lead_is_given_to_another(self, world: World) -> None:
        await self.accepted(world)
        await world.crm_sends(self.touch(world, "demo_request"))

        await world.clicks("hal", "Give to...", world.card())
        await world.chooses("hal", "Give to", "ben")
        await world.sends_the_form("hal")

        assert world.dm("amy").buttons == []
        assert "Ben" in world.dm("amy").text

    async def test_a_request_of_a_lead_with_a_deal_is_answered_as_well(self, world: World) -> None:
        await self.accepted(world)
        await world.crm_sends({"deal": {"id": "opp-7", "stage": "proposal", "leads": ["crm-991"]}})
        await world.time_passes(minutes=30)
        await world.crm_sends(self.touch(world, "demo_request"))
        await world.crm_sends(lead(company={"name": "Globex", "employees": 300}))
        assert world.dm("amy").buttons[:2] == ["Contacted", "No answer"]

        await world.clicks("amy", "Contacted", world.dm("amy"))

        assert world.told("amy") == []
        assert world.dm("amy").buttons == []
        assert "There is a deal" in world.dms("amy")[0].text

    async def test_one_contact_is_told_once_however_often_it_is_pressed(self, world: World) -> None:
        await self.accepted(world)
        note = world.dm("amy")
        await world.clicks("amy", "Contacted", note)

        await world.clicks("amy", "Contacted", note)

        assert "You have been in touch with Pat Doe at Globex" in world.told("amy")[-1]
        assert world.count("touch", "kind = 'contact'") == 1

    async def test_a_meeting_to_come_is_a_next_step_and_a_contact_once_it_is_past(self, world: World) -> None:
        await self.accepted(world)

        await world.crm_sends(self.touch(world, "meeting", at="2026-11-26T15:00:00Z", by="amy@acme.test"))

        assert "has been in touch" not in world.card().text
        assert world.count("lead", "contacted_at IS NOT NULL") == 0
        before = len(world.dms("amy"))
        await world.it_becomes("2026-11-26T09:05:00+00:00")
        assert "Pat Doe at Globex has its next step today" in world.dm("amy").text
        assert len(world.dms("amy")) == before + 1
        await world.it_becomes("2026-11-26T15:00:05+00:00")
        assert "has been in touch" in world.card().text
        assert "Contacted" not in world.dm("amy").buttons

    async def test_of_two_calls_to_come_each_is_a_step_on_its_day(self, world: World) -> None:
        await self.accepted(world)
        calls = ("2026-12-03T10:00:00Z", "2026-12-01T10:00:00Z")

        await world.crm_sends(*(self.touch(world, "call", at=at, by="amy@acme.test") for at in calls))

        assert "Please get in touch. Next step on" in world.dms("amy")[0].text
        await world.it_becomes("2026-12-01T10:00:05+00:00")
        assert "You have been in touch. Next step on" in world.dms("amy")[0].text
        await world.it_becomes("2026-12-03T10:00:05+00:00")
        assert "You have been in touch. What is the next step?" in world.dms("amy")[0].text

    async def test_other_activity_is_a_line_under_the_card(self, world: World) -> None:
        card = await self.accepted(world)
        notes = len(world.dms("amy"))

        await world.crm_sends(self.touch(world, "pricing_page", campaign="Spring"))

        [line] = world.under(card)
        assert "Pat Doe at Globex: pricing page (Spring)" in line.text
        assert len(world.dms("amy")) == notes

    async def test_the_same_touch_twice_is_one(self, world: World) -> None:
        card = await self.accepted(world)
        touch = self.touch(world, "pricing_page")

        _, first = await world.crm_sends(touch)
        _, again = await world.crm_sends(touch)

        assert (first["status"], again["status"]) == ("changed", "unchanged")
        assert len(world.under(card)) == 1

    async def test_a_waiting_lead_that_asks_for_us_turns_hot(self, world: World) -> None:
        await world.offers()

        await world.crm_sends(self.touch(world, "demo_request"))

        assert "Hot." in world.card().text
        assert len(world.cards()) == 1

    async def test_a_touch_may_name_the_lead_by_its_e_mail(self, world: World) -> None:
        card = await self.accepted(world)

        status, _ = await world.crm_sends(
            self.touch(world, "pricing_page", lead="PAT@globex.test"), feed="crm"
        )

        assert status == 202
        assert len(world.under(card)) == 1

    async def test_a_touch_of_a_lead_that_nobody_knows_gets_422(self, world: World) -> None:
        status, told = await world.crm_sends(self.touch(world, "webinar", lead="crm-nobody"))

        assert (status, told["problems"][0]["path"]) == (422, "touch.lead")
        assert world.count("quarantine") == 1

    async def test_a_touch_in_one_delivery_with_its_lead_is_understood(self, world: World) -> None:
        status, _ = await world.crm_sends(lead(), self.touch(world, "pricing_page"))

        assert status == 202


class TestDecidedElsewhere:
    async def test_an_owner_told_by_a_crm_has_the_lead(self, world: World) -> None:
        await world.offers()

        await world.crm_sends(lead(owner="ben@acme.test"))

        assert "Ben took this" in world.card().text
        assert "(decided in website)" in world.card().text
        assert "Contacted" in world.dm("ben").buttons

    async def test_work_told_by_a_crm_shows_on_the_card(self, world: World) -> None:
        await world.offers()

        await world.crm_sends(lead(owner="ben@acme.test", status="working"))

        assert "has been in touch" in world.card().text

    async def test_a_no_told_by_a_crm_shows_with_its_reason(self, world: World) -> None:
        await world.clicks("amy", "Accept", await world.offers())

        await world.crm_sends(lead(status="rejected", reason="no_budget"))

        assert "passed on this" in world.card().text
        assert "no budget" in world.card().text
        [reply] = world.under(world.feedback()[0])
        assert "No budget" in reply.words
        assert "Contacted" not in world.dm("amy").buttons

    async def test_an_owner_whom_nobody_knows_gets_422(self, world: World) -> None:
        status, told = await world.crm_sends(lead(owner="who@acme.test"))

        assert (status, told["problems"][0]["path"]) == (422, "owner")

    async def test_a_status_that_does_not_exist_gets_422(self, world: World) -> None:
        status, told = await world.crm_sends(lead(status="sleeping", reason="tired"))

        assert status == 422
        assert {problem["path"] for problem in told["problems"]} == {"status", "reason"}

    async def test_told_twice_it_is_done_once(self, world: World) -> None:
        await world.offers()
        await world.crm_sends(lead(owner="ben@acme.test"))
        calls = len(world.slack.calls("chat.postMessage"))

        await world.crm_sends(lead(owner="ben@acme.test"))

        assert len(world.slack.calls("chat.postMessage")) == calls

"""What Truce shows in Slack and keeps up to date. Never rename one: they are kept in databases."""

from enum import StrEnum


class Sight(StrEnum):
    """The messages that Truce keeps in Slack; each is about one thing and shows its present state."""

    CARD = "card"  # about a handoff, in the team's channel
    OWNER = "owner"  # about a handoff, to its owner by DM
    ASK = "ask"  # about a handoff, to the one rep it is offered to, by DM
    ACTIVITY = "activity"  # about a touch, under the card
    ASKED = "asked"  # about a touch by which an owned lead asks for us, to its owner by DM
    REJECTION = "rejection"  # about a rejection, to marketing
    CAMPAIGN = "campaign"  # about a campaign's week, to marketing
    NURTURE = "nurture"  # about the leads of a campaign's week that did not pass the gate, to marketing
    ABSENCE = "absence"  # about somebody who is away or gone, to a manager by DM
    HOLD = "hold"  # about leads that wait together, in the team's channel
    REMINDER = "reminder"  # about what one person is reminded of together, by DM
    LINE = "line"  # about a nudge, under the card
    DISPUTE = "dispute"  # about a rejection that marketing disputes, to a manager by DM
    RULING = "ruling"  # about the answer to that, to who asked and to the rep by DM
    NEWS = "news"  # about what became of a handoff, to who of marketing wanted to know by DM
    BUNDLE = "bundle"  # about a day of the campaigns that somebody owns, to them by DM
    HANDOUT = "handout"  # about a file of leads, to an admin by DM
    HANDOUT_READY = "handout_ready"  # about a file that an admin allowed, to who asked by DM
    DROPPED = "dropped"  # about a file that somebody dropped on the bot, to them by DM
    DROPPED_ADMIN = "dropped_admin"  # about the same, to an admin by DM
    DIGEST = "digest"  # about a week's digest of one reader, to them or into their channel
    COMEBACK = "comeback"  # about somebody who was removed and came again, to an admin by DM
    ALERT = "alert"  # about what needs the operator, to an admin by DM
    RETRO = "retro"  # about a closed deal: the head of its retro's thread
    RETRO_TURN = "retro_turn"  # about what became of the deal since, under that head
    RETRO_HEAP = "retro_heap"  # about closed deals that wait together, in the retro channel
    RETRO_ASK = "retro_ask"  # about the retros that wait for one person, to them by DM
    RETRO_ANSWER = "retro_answer"  # about one answer, under the head
    RETRO_MEETING = "retro_meeting"  # about a retro that is talked over instead, under the head
    RETRO_KEEP = "retro_keep"  # about a won deal that was looked back at, to who keeps customers by DM
    RETRO_MONTH = "retro_month"  # about a month: what its retros taught, in the retro channel
    RETRO_SUMMARY = "retro_summary"  # about a retro that is over, under the head
    RETRO_ACTION = "retro_action"  # about the change that was chosen, to who does it by DM
    AGREEMENT = "agreement"  # about a version of the agreement, in a channel of one side
    SUGGESTION = (
        "suggestion"  # about what somebody would change in the agreement, to a head or an admin by DM
    )

"""Every action_id, block_id and callback_id. They live in messages already sent: never rename one, only add."""

from typing import Final

ACCEPT: Final = "lead.accept"
REJECT: Final = "lead.reject"
TAKE: Final = "lead.take"
ACCEPT_ALL: Final = "card.accept_all"
REJECT_SOME: Final = "card.reject"
MORE: Final = "lead.more"  # the "..." menu; what is chosen there is the option's value
CONTACTED: Final = "lead.contacted"
NO_ANSWER: Final = "lead.no_answer"
ANSWERED: Final = "asked.contacted"
TRIED: Final = "asked.no_answer"
THANK: Final = "rejection.thank"
DISPUTE: Final = "rejection.dispute"
RECYCLE: Final = "rejection.recycle"
REVIVE: Final = "retro.recycle"
CAMPAIGN: Final = "campaign.edit"
FIX: Final = "rejection.fix"
IT_STANDS: Final = "dispute.stands"
BACK_TO_REP: Final = "dispute.back"
HAND_OVER: Final = "lead.hand_over"
GRANT: Final = "lead.grant"
NEXT_STEP: Final = "lead.next_step"
HOLD_NEXT: Final = "hold.next"
HOLD_DAILY: Final = "hold.daily"
HOLD_KEEP: Final = "hold.keep"
HAND_BACK: Final = "lead.hand_back"
HAND_ON: Final = "lead.hand_on"
GIVE: Final = "lead.give"
ABSENCE_GIVE: Final = "absence.give_all"
ABSENCE_SHARE: Final = "absence.share_out"
ABSENCE_EACH: Final = "absence.one_by_one"
OPEN: Final = "lead.open"
HISTORY: Final = "lead.history"
REACH: Final = "lead.reach"
FIND: Final = "home.find"
HOME_BACK: Final = "home.back"
HOME_MORE: Final = "home.more"
DEAL_OPENED: Final = "deal.opened"
DEAL_WON: Final = "deal.won"
DEAL_LOST: Final = "deal.lost"
EARLIER: Final = "timeline.earlier"
NEWER: Final = "timeline.newer"
RETRO_ANSWER: Final = "retro.answer"
RETRO_LOOK_BACK: Final = "retro.look_back"
RETRO_MEET: Final = "retro.meet"
RETRO_CHOOSE: Final = "retro.choose"
RETRO_DONE: Final = "retro.done"
RETRO_DROP: Final = "retro.drop"
DIGEST_ALL: Final = "digest.all"
ADMIT: Final = "comeback.admit"
KEEP_OUT: Final = "comeback.keep_out"
DIGEST_SWITCH_ON: Final = "digest.switch_on"
REPORT_PAGE: Final = "report.page"
REPORT_CSV: Final = "report.csv"
DROPPED_YES: Final = "dropped.yes"
DROPPED_LEAVE: Final = "dropped.leave"
DROPPED_DAYS: Final = "dropped.days"
DROPPED_MONTHS: Final = "dropped.months"
DROPPED_ALLOW: Final = "dropped.allow"
HANDOUT_ALLOW: Final = "handout.allow"
HANDOUT_TAKE: Final = "handout.take"
SETTING: Final = "setting.change"
AGREEMENT: Final = "agreement.read"
SIGN: Final = "agreement.sign"
SUGGEST: Final = "agreement.suggest"
CHANGES: Final = "agreement.changes"
ACTIONS: Final = (
    AGREEMENT,
    SIGN,
    SUGGEST,
    CHANGES,
    SETTING,
    RETRO_ANSWER,
    RETRO_LOOK_BACK,
    RETRO_MEET,
    RETRO_CHOOSE,
    RETRO_DONE,
    RETRO_DROP,
    DIGEST_ALL,
    ADMIT,
    KEEP_OUT,
    DIGEST_SWITCH_ON,
    REPORT_PAGE,
    REPORT_CSV,
    DROPPED_YES,
    DROPPED_LEAVE,
    DROPPED_DAYS,
    DROPPED_MONTHS,
    DROPPED_ALLOW,
    HANDOUT_ALLOW,
    HANDOUT_TAKE,
    ACCEPT,
    REJECT,
    TAKE,
    ACCEPT_ALL,
    REJECT_SOME,
    MORE,
    CONTACTED,
    NO_ANSWER,
    ANSWERED,
    TRIED,
    THANK,
    DISPUTE,
    RECYCLE,
    REVIVE,
    CAMPAIGN,
    FIX,
    IT_STANDS,
    BACK_TO_REP,
    HAND_OVER,
    GRANT,
    NEXT_STEP,
    HOLD_NEXT,
    HOLD_DAILY,
    HOLD_KEEP,
    HAND_BACK,
    GIVE,
    ABSENCE_GIVE,
    ABSENCE_SHARE,
    ABSENCE_EACH,
    OPEN,
    HISTORY,
    REACH,
    HOME_BACK,
    HOME_MORE,
    DEAL_OPENED,
    DEAL_WON,
    DEAL_LOST,
    EARLIER,
    NEWER,
)
FORMER: Final = (HAND_ON,)  # buttons of messages that were sent before, still answered

# Options of the "..." menu; the value is one of these, a colon, and the lead's id.
TIMELINE: Final = "timeline"
NOT_FOR_ME: Final = "not_for_me"
UNDO: Final = "undo"
ACCEPT_ONE: Final = "accept"
TAKE_ONE: Final = "take"
REJECT_OWN: Final = "reject"
BACK: Final = "hand_back"
ON: Final = "hand_on"
GIVE_TO: Final = "give"
PUT_OFF: Final = "put_off"
LATER: Final = "later"
STOP_REMINDING: Final = "stop"
FOLLOW: Final = "follow"
THANKS: Final = "thanks"
SEND_AGAIN: Final = "recycle"
MET: Final = "contacted"
OPENED: Final = "deal_opened"
WON: Final = "deal_won"
LOST: Final = "deal_lost"
TEAM_UP: Final = "team_up"
TEAM_REMOVE: Final = "team_remove"
CHOICES: Final = (
    TEAM_UP,
    TEAM_REMOVE,
    TIMELINE,
    NOT_FOR_ME,
    UNDO,
    ACCEPT_ONE,
    TAKE_ONE,
    REJECT_OWN,
    BACK,
    ON,
    GIVE_TO,
    PUT_OFF,
    LATER,
    STOP_REMINDING,
    FOLLOW,
    THANKS,
    SEND_AGAIN,
    MET,
    OPENED,
    WON,
    LOST,
)

# Modals, their blocks and their fields.
REJECT_FORM: Final = "reject"
REJECT_SOME_FORM: Final = "reject_some"
HAND_OVER_FORM: Final = "hand_over"
HAND_BACK_FORM: Final = "hand_back"
HAND_ON_FORM: Final = "hand_on"
GIVE_FORM: Final = "give"
LATER_FORM: Final = "later"
NEXT_STEP_FORM: Final = "next_step"
GIVE_ALL_FORM: Final = "give_all"
EACH_FORM: Final = "one_by_one"
DISPUTE_FORM: Final = "dispute"
RECYCLE_FORM: Final = "recycle"
REVIVE_FORM: Final = "revive"
FIX_FORM: Final = "fix"
CAMPAIGN_FORM: Final = "campaign"
HEARD_FORM: Final = "heard"
RETRO_FORM: Final = "retro"
RETRO_MEET_FORM: Final = "retro_meet"
RETRO_ACTION_FORM: Final = "retro_action"
RETRO_DROP_FORM: Final = "retro_drop"
DEAL_FORM: Final = "deal"
NEW_FORM: Final = "new_lead"
SETTING_FORM: Final = "setting"
SUGGEST_FORM: Final = "suggest"
FORMS: Final = (
    SUGGEST_FORM,
    SETTING_FORM,
    RETRO_FORM,
    RETRO_MEET_FORM,
    RETRO_ACTION_FORM,
    RETRO_DROP_FORM,
    REJECT_FORM,
    REJECT_SOME_FORM,
    HAND_OVER_FORM,
    HAND_BACK_FORM,
    HAND_ON_FORM,
    GIVE_FORM,
    LATER_FORM,
    NEXT_STEP_FORM,
    GIVE_ALL_FORM,
    EACH_FORM,
    DISPUTE_FORM,
    RECYCLE_FORM,
    REVIVE_FORM,
    FIX_FORM,
    DEAL_FORM,
    CAMPAIGN_FORM,
    HEARD_FORM,
    NEW_FORM,
)
LEAD_WINDOW: Final = "lead"  # as the next: a view that is read, and not sent
AGREEMENT_VIEW: Final = "agreement"  # as the next three: a view that is read, and not sent
CHANGES_VIEW: Final = "agreement.changes"
SETTINGS_LIST: Final = "settings"  # as the next: a view that is read, and not sent
SETTING_FIELD: Final = "setting.field"
DIGEST_LATE: Final = "digest.late"  # a view that is read, and not sent
REASON: Final = "reason"
KIND: Final = "kind"
THEME: Final = "theme"
ANSWER: Final = "answer"
WORDS: Final = "words"
WHICH: Final = "which"  # of those that wait on one card
ATTEMPT: Final = "attempt"  # attempt.1.day, attempt.1.kind ...
LEAD: Final = "lead"
NOTE: Final = "note"
WHOM: Final = "whom"  # the colleague who is to have a lead
RECORD: Final = "record"  # the search for a lead that we know already
RETRO_FIELD: Final = "retro.field"  # every field of a retro's form: its draft is kept as it is filled in
WHICH_DEAL: Final = "which_deal"
DEAL_NAME: Final = "deal_name"
DEAL_STAGE: Final = "deal_stage"
AMOUNT: Final = "amount"
CURRENCY: Final = "currency"
CLOSED_ON: Final = "closed_on"
COMPETITOR: Final = "competitor"
COLLEAGUES: Final = "colleagues"
CHANGING: Final = (REASON, RETRO_FIELD, WHICH_DEAL, DEAL_STAGE, FIND)  # choosing one changes the form
SPEAKER: Final = "speaker"  # the search for the lead or the deal that somebody spoke of
SEARCHES: Final = (RECORD, SPEAKER)
UNTIL: Final = "until"
DAY: Final = "day"
STEP: Final = "step"
WHY: Final = "why"
NAME: Final = "name"
EMAIL: Final = "email"
PHONE: Final = "phone"
TITLE: Final = "title"
COMPANY: Final = "company"
CAMPAIGN_NAME: Final = "campaign"
MINE: Final = "mine"

# Shortcuts, as the manifest names them.
NEW_LEAD: Final = "lead.new"
FROM_MESSAGE: Final = "lead.from_message"
HEARD: Final = "voice.heard"
SHORTCUTS: Final = (NEW_LEAD, FROM_MESSAGE, HEARD)

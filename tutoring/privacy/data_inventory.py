"""The inventory of tables with personal data: owner, purpose, effect of erasure, retention.

tests/privacy/test_registry.py requires an entry for each table that refers to a user or has a personal column.
"""

from dataclasses import dataclass

from tutoring.kernel.text import N_
from tutoring.privacy.purposes import BY_KEY, Purpose

DELETED, EMPTIED, KEPT = "deleted", "emptied", "kept"  # the row is deleted · its content is · it stays, with a user id
ALL, OWN, NONE = "all", "own", "none"  # exported to the user and the guardian · to the user only · to no user


@dataclass(frozen=True)
class Entry:
    """One table of the inventory.

    `of` holds the paths to the users of a row: a column, or columns of one table after the other, such as
    "message_id>author_id". The first path leads to the author of the content. The others lead to further users whom
    the row concerns.
    """

    table: str
    purpose_key: str
    of: tuple[str, ...]
    fate: str
    why: str = ""  # why the row stays, or is not exported
    export: str = ALL
    hidden: tuple[str, ...] = ()  # columns that are not exported, besides secrets and ids of other users
    days: int | None = None  # the nightly job deletes the row so many days after `since`
    since: str = ""
    say: str = ""  # the count as text, for the page that shows what is stored

    @property
    def purpose(self) -> Purpose:
        return BY_KEY[self.purpose_key]


SECRET = "proof of who somebody is; of use to nobody but a thief"
BOTH = "the other side's record too; under a number alone"
WATCH = "says who could see rooms with children at that time; under a number alone"
PROOF = "the proof that the law asks for; under numbers alone"
SAFE = "would tell whom the safety rules watch, and what for"

DATA_INVENTORY = (
    Entry(
        "user",
        "account",
        ("id",),
        EMPTIED,
        hidden=("state", "site_admin", "demo", "suspended_at", "suspended_until", "name_words"),
    ),
    Entry("former_name", "account", ("user_id",), DELETED, days=365, since="until_at"),
    Entry("first_steps", "account", ("user_id",), DELETED),
    Entry(
        "sign_in",
        "account",
        ("user_id",),
        DELETED,
        hidden=("half", "second_factor_at", "stepped_up_at"),
        days=90,
        since="expires_at",
        say=N_("%(num)s lần đăng nhập"),
    ),
    Entry("identity_link", "account", ("user_id",), DELETED, say=N_("%(num)s tài khoản trường đã nối")),
    Entry("provider_session", "account", ("sign_in_id>user_id",), DELETED, SECRET, export=NONE),
    Entry("child_identity_permission", "family", ("child_id", "guardian_id"), DELETED),
    Entry("identity_provider", "places", ("created_by_id",), KEPT, "of a unit; by a number", export=NONE),
    Entry("second_factor", "account", ("user_id",), DELETED, SECRET, export=NONE),
    Entry("recovery_code", "account", ("user_id",), DELETED, SECRET, export=NONE),
    Entry("reset_code", "account", ("user_id",), DELETED, SECRET, export=NONE, days=30, since="expires_at"),
    Entry("live_socket", "account", ("user_id",), DELETED, "a line that is open at this moment", export=NONE),
    Entry(
        "guardian",
        "family",
        ("child_id", "guardian_id"),
        DELETED,
        hidden=("named", "contact_sealed"),
        say=N_("%(num)s mối quan hệ gia đình"),
    ),
    Entry("consent", "family", ("subject_id", "given_by_id"), KEPT, PROOF, say=N_("%(num)s lời đồng ý")),
    Entry("withdrawal", "family", ("subject_id", "by_id"), KEPT, PROOF),
    Entry("membership", "places", ("user_id",), DELETED, say=N_("%(num)s lớp hoặc nơi")),
    Entry("nomination", "places", ("user_id",), DELETED),
    Entry("duty_slot", "places", ("user_id",), DELETED),
    Entry("duty_shift", "places", ("user_id",), KEPT, WATCH),
    Entry("queue_desk", "places", ("clerk_id",), EMPTIED, "a desk of a ward; who sits there now", export=NONE),
    Entry("alarm_test", "places", ("by_id",), KEPT, "a unit's work; who sent it stays a number", export=NONE),
    Entry("alarm_call", "places", ("user_id",), DELETED, days=365, since="called_at"),
    Entry(
        "outage",
        "account",
        ("first_id",),
        KEPT,
        "whom mail did not reach first, a number for as long as it fails",
        export=NONE,
    ),
    Entry("factor_reset", "places", ("user_id", "asked_by_id"), DELETED, hidden=("reason",)),
    Entry("join_code", "places", ("created_by_id",), KEPT, "a code of a unit; who made it stays a number", export=NONE),
    Entry("weekly_round", "places", ("by_id",), KEPT, "a unit's work; who ran it stays a number", export=NONE),
    Entry("practice_run", "learning", ("user_id",), DELETED, say=N_("%(num)s lượt tập luyện")),
    Entry("lesson_progress", "learning", ("user_id",), DELETED, say=N_("%(num)s bài học đã mở")),
    Entry("lesson_step_done", "learning", ("user_id",), DELETED),
    Entry("lesson_attempt", "learning", ("user_id",), DELETED, say=N_("%(num)s câu trả lời")),
    Entry("lesson_taught_back", "learning", ("user_id",), DELETED),
    Entry("quiz_try", "learning", ("user_id",), DELETED, hidden=("questions",)),
    Entry("acknowledgement", "learning", ("user_id",), DELETED),
    Entry("skill_grant", "learning", ("user_id",), DELETED, say=N_("%(num)s kỹ năng")),
    Entry("lesson_editor", "learning", ("user_id",), DELETED),
    Entry(
        "help_request",
        "help",
        ("learner_id", "asked_by_id", "helper_id"),
        EMPTIED,
        BOTH,
        say=N_("%(num)s yêu cầu giúp"),
    ),
    Entry("added_words", "help", ("by_id",), DELETED),
    Entry("request_step", "help", ("by_id",), EMPTIED, BOTH),
    Entry("waiting_picture", "help", ("by_id",), DELETED),
    Entry("waiting_voice_note", "help", ("by_id",), DELETED, hidden=("opus", "aac", "peaks")),
    Entry("written_answer", "help", ("author_id",), EMPTIED, BOTH),
    Entry("offer", "help", ("helper_id",), DELETED),
    Entry("passed", "help", ("helper_id",), DELETED),
    Entry("avoid", "help", ("user_id", "other_id"), DELETED, "whom somebody avoids concerns nobody else", export=NONE),
    Entry("conduct_yes", "help", ("user_id",), DELETED),
    Entry("helper_state", "help", ("user_id",), DELETED),
    Entry("muted_topic", "help", ("user_id",), DELETED),
    Entry("no_show", "help", ("user_id",), DELETED),
    Entry("weekly_hours", "help", ("user_id",), DELETED, say=N_("%(num)s lịch rảnh")),
    Entry("away", "help", ("user_id",), DELETED),
    Entry("proposal", "help", ("learner_id", "helper_id"), KEPT, BOTH),
    Entry("booking", "help", ("ended_by_id", "learner_id", "helper_id"), EMPTIED, BOTH),
    Entry("round_line", "help", ("helper_id",), KEPT, BOTH, export=NONE),
    Entry("group_session", "help", ("helper_id", "ended_by_id"), EMPTIED, BOTH),
    Entry("sign_up", "help", ("learner_id", "by_id"), KEPT, BOTH),
    Entry(
        "message",
        "rooms",
        ("author_id",),
        EMPTIED,
        "a room's numbers have no gaps",
        hidden=("folded", "found"),
        say=N_("%(num)s tin nhắn"),
    ),
    Entry("message_version", "rooms", ("message_id>author_id",), DELETED),
    Entry("message_original", "rooms", ("message_id>author_id",), DELETED, SAFE, export=NONE),
    Entry(
        "picture",
        "rooms",
        ("message_id>author_id",),
        DELETED,
        "one that may show abuse is kept for the police and copied for nobody",
        hidden=("locked_at",),
        say=N_("%(num)s ảnh"),
    ),
    Entry(
        "voice_note",
        "rooms",
        ("message_id>author_id",),
        DELETED,
        "the sound is a file of its own in the copy; a guardian gets those that were sent",
        hidden=("opus", "aac", "peaks"),
        say=N_("%(num)s tin thoại"),
    ),
    Entry("picture_marks", "rooms", ("author_id",), DELETED),
    Entry("reaction", "rooms", ("user_id",), DELETED),
    Entry("appeal", "rooms", ("message_id>author_id",), EMPTIED, "that there was a second look stays"),
    Entry("feedback", "rooms", ("user_id",), EMPTIED, BOTH),
    Entry("comfort_answer", "rooms", ("user_id",), DELETED, "only the teachers read what a child felt", export=OWN),
    Entry("lesson_sign", "rooms", ("user_id",), DELETED),
    Entry("room", "rooms", ("closed_by_id", "locked_by_id"), EMPTIED, BOTH, export=NONE),
    Entry("seat", "rooms", ("user_id",), EMPTIED, BOTH),
    Entry("attendance", "rooms", ("user_id",), KEPT, WATCH, hidden=("sid",)),
    Entry(
        "room_call",
        "rooms",
        ("asker_id", "answerer_id"),
        KEPT,
        BOTH,
        hidden=("asker_line", "answerer_line"),
        say=N_("%(num)s cuộc gọi"),
    ),
    Entry("room_act", "rooms", ("user_id",), DELETED),
    Entry(
        "helped_session",
        "hours",
        ("helper_id", "learner_id", "struck_by_id"),
        EMPTIED,
        BOTH,
        say=N_("%(num)s buổi giúp nhau"),
    ),
    Entry("hours_paper", "hours", ("helper_id",), DELETED, say=N_("%(num)s giấy xác nhận")),
    Entry("risk_point", "safety", ("from_id", "towards_id"), DELETED, SAFE, export=NONE),
    Entry(
        "report",
        "safety",
        ("by_id",),
        EMPTIED,
        "a child's report is the child's: docs/reports.md",
        export=OWN,
        hidden=("marks", "family", "place"),
        say=N_("%(num)s việc đã báo"),
    ),
    Entry("report_case", "safety", ("about_id", "decided_by_id"), EMPTIED, SAFE, export=NONE),
    Entry(
        "desk_act",
        "safety",
        ("about_id", "by_id", "toward_id", "undone_by_id"),
        EMPTIED,
        BOTH,
        hidden=("was", "seen_at"),
        say=N_("%(num)s việc người trực đã làm"),
    ),
    Entry(
        "act_appeal",
        "safety",
        ("by_id", "decided_by_id"),
        EMPTIED,
        "that there was a second look stays",
        say=N_("%(num)s yêu cầu xem lại"),
    ),
    Entry("opened_reading", "safety", ("asked_by_id", "agreed_by_id", "declined_by_id"), EMPTIED, WATCH),
    Entry(
        "evidence",
        "safety",
        ("case_id>about_id",),
        KEPT,
        "sealed; until 180 days after its case is decided",
        export=NONE,
    ),
    Entry(
        "welfare",
        "safety",
        ("author_id",),
        KEPT,
        "whom a case protects is told to nobody; acts stay two years",
        export=NONE,
    ),
    Entry(
        "disclosure",
        "safety",
        ("author_id", "opened_by_id"),
        KEPT,
        "sealed; words until 180 days, unless a case is open or the law asks for them",
        export=NONE,
    ),
    Entry(
        "welfare_act", "safety", ("by_id",), KEPT, "what was done for somebody in danger, for two years", export=NONE
    ),
    Entry(
        "notebook_entry",
        "notebook",
        ("owner_id",),
        DELETED,
        export=OWN,
        hidden=("once", "version"),
        say=N_("%(num)s hồ sơ trong sổ"),
    ),
    Entry("first_dossier", "notebook", ("owner_id",), DELETED, export=OWN),
    # ---- statistics
    Entry("milestone", "learning", ("user_id",), DELETED),
    # ---- groups
    Entry(
        "group_post",
        "places",
        ("author_id",),
        DELETED,
        hidden=("version",),
        days=90,
        since="taken_back_at",
        say=N_("%(num)s thông báo đã viết"),
    ),
    Entry(
        "group_task",
        "places",
        ("created_by_id", "assignee_id"),
        DELETED,
        hidden=("version",),
        days=365,
        since="changed_at",
        say=N_("%(num)s việc của nhóm"),
    ),
    # ---- visits
    Entry(
        "visit",
        "help",
        ("asker_id", "planner_id", "visitor_one_id", "visitor_two_id", "outcome_by_id"),
        EMPTIED,
        BOTH,
        hidden=("done_words", "said"),
        days=180,
        since="ended_at",
        say=N_("%(num)s cuộc hẹn gặp trực tiếp"),
    ),
    Entry("visit_offer", "help", ("learner_id", "by_id"), DELETED, days=30, since="made_at"),
    # ---- devices
    Entry(
        "device_offer",
        "devices",
        ("donor_id", "by_id", "decided_by_id"),
        EMPTIED,
        "the books of devices have no gaps",
        hidden=("donor_name",),
        say=N_("%(num)s lời tặng hoặc cho mượn máy"),
    ),
    Entry("offer_picture", "devices", ("by_id",), DELETED),
    Entry("device_move", "devices", ("by_id", "second_id"), EMPTIED, "the books of devices have no gaps"),
    Entry("device_wipe", "devices", ("by_id",), EMPTIED, "the books of devices have no gaps"),
    # ---- needs
    Entry(
        "device_need",
        "devices",
        ("person_id", "receiver_id", "asked_by_id", "confirmed_by_id", "proposed_by_id", "approved_by_id"),
        EMPTIED,
        "the books of devices have no gaps",
        hidden=("although",),
        say=N_("%(num)s lần cần máy hoặc mạng"),
    ),
    # ---- loans
    Entry("device_handover", "devices", ("receiver_id", "planner_id", "by_id"), EMPTIED, BOTH),
    Entry(
        "device_loan",
        "devices",
        ("receiver_id", "person_id", "ended_by_id"),
        EMPTIED,
        BOTH,
        say=N_("%(num)s lần mượn máy"),
    ),
    Entry("device_thanks", "devices", ("by_id", "decided_by_id"), DELETED, say=N_("%(num)s lời cảm ơn đã viết")),
    # ---- sponsored internet
    Entry("internet_batch", "devices", ("by_id",), KEPT, "a unit's work; who did it stays a number", export=NONE),
    Entry("internet_voucher", "devices", ("receiver_id",), EMPTIED, BOTH, say=N_("%(num)s gói mạng được tặng")),
    # ---- circles
    Entry(
        "circle_topic",
        "circles",
        ("author_id", "hidden_by_id"),
        EMPTIED,
        "others' answers to it stay, without it",
        hidden=("folded", "folded_title"),
        say=N_("%(num)s chủ đề đã hỏi"),
    ),
    Entry(
        "circle_answer",
        "circles",
        ("author_id", "hidden_by_id"),
        DELETED,
        hidden=("folded",),
        say=N_("%(num)s câu trả lời cho ba mẹ khác"),
    ),
    Entry("circle_helped", "circles", ("user_id",), DELETED),
    Entry("circle_wish", "circles", ("user_id",), DELETED),
    Entry("circle_to_lesson", "circles", ("answer_id>author_id", "asked_by_id"), DELETED),
    # ---- classes
    Entry(
        "class_work",
        "places",
        ("set_by_id", "changed_by_id"),
        EMPTIED,
        "what a class does; it stays without a name",
        hidden=("version", "reminded_at"),
        days=400,
        since="set_at",
        say=N_("%(num)s bài đã giao"),
    ),
    Entry("class_work_pupil", "places", ("user_id",), DELETED),
    Entry(
        "class_letter",
        "places",
        ("author_id",),
        DELETED,
        hidden=("version",),
        days=400,
        since="written_at",
        say=N_("%(num)s thư gửi lớp"),
    ),
    # ---- campaigns
    Entry(
        "campaign",
        "places",
        ("written_by_id", "published_by_id"),
        KEPT,
        "a unit's work; who wrote it stays a number",
        export=NONE,
    ),
    Entry("campaign_person", "places", ("user_id",), DELETED, say=N_("%(num)s chiến dịch đã góp mặt")),
    # ---- training
    Entry("training_assignment", "places", ("user_id",), DELETED),
    Entry("training_session", "places", ("leader_id", "by_id", "ended_by_id"), EMPTIED, BOTH),
    Entry("training_seat", "places", ("user_id",), DELETED),
    Entry("training_attendance", "places", ("user_id",), DELETED, say=N_("%(num)s buổi tập huấn đã dự")),
    # ---- units in bulk
    Entry("unit_import", "places", ("by_id",), KEPT, "files of units; who sent one stays a number", export=NONE),
    Entry(
        "unit_merger", "places", ("by_id",), KEPT, "what became of units; who planned it stays a number", export=NONE
    ),
    # ---- class lists
    Entry(
        "class_list_basis", "places", ("recorded_by_id", "ended_by_id"), KEPT, "of a school, by a number", export=NONE
    ),
    Entry("class_list_draft", "places", ("by_id",), DELETED, "of others", export=NONE, days=1, since="created_at"),
    # Without an open claim community.class_cards deletes a line after 30 days; a claim may come on the last of them.
    Entry("class_line", "places", ("added_by_id",), KEPT, "of others", export=NONE, days=60, since="added_at"),
    Entry("class_card", "places", ("issued_by_id",), KEPT, "of others", export=NONE, days=30, since="issued_at"),
    Entry("class_claim", "places", ("user_id", "child_id"), DELETED, hidden=("once",), days=30, since="at"),
    Entry("class_nudge", "learning", ("pupil_id", "by_id"), DELETED, days=30, since="at"),
    # ---- end of a school year
    Entry(
        "year_end",
        "places",
        ("planned_by_id", "done_by_id", "undone_by_id"),
        KEPT,
        "of a school, by a number",
        export=NONE,
        days=30,
        since="changed_at",
    ),
    Entry("year_end_choice", "places", ("membership_id>user_id",), DELETED, "of others", export=NONE),
    Entry("year_end_move", "places", ("old_id>user_id",), DELETED, "of others", export=NONE),
    # ---- inbox, rights
    Entry(
        "notice",
        "inbox",
        ("user_id",),
        DELETED,
        "some notices speak of a child's own report",
        export=OWN,
        days=180,
        since="created_at",
        say=N_("%(num)s thông báo"),
    ),
    Entry(
        "push_place",
        "inbox",
        ("user_id",),
        DELETED,
        hidden=("browser_mark", "endpoint_sealed", "endpoint_mark", "keys_sealed", "sign_in_id"),
        say=N_("%(num)s máy nhận thông báo"),
    ),
    Entry("text_number", "inbox", ("user_id",), DELETED, hidden=("number_mark", "nonce")),
    Entry("text_sent", "inbox", ("user_id",), DELETED, hidden=("key",), days=30, since="at"),
    Entry(
        "notice_delivery",
        "inbox",
        ("user_id",),
        DELETED,
        days=90,
        since="ended_at",
        hidden=("letter",),
        say=N_("%(num)s lần gửi ra ngoài"),
    ),
    Entry("notice_choices", "inbox", ("user_id",), DELETED),
    Entry(
        "notice_trouble",
        "inbox",
        ("user_id",),
        DELETED,
        "whether an address took letters; shown on one's own page",
        export=NONE,
    ),
    Entry("calendar_feed", "inbox", ("user_id",), DELETED, SECRET, export=NONE),
    Entry(
        "calendar_entry",
        "inbox",
        ("user_id",),
        DELETED,
        "times that stand elsewhere too",
        export=NONE,
        days=60,
        since="ends_at",
    ),
    Entry(
        "sentence_recording",
        "writing",
        ("recorded_by_id", "decided_by_id"),
        DELETED,
        "one that another person recorded stays; who heard it is emptied",
        hidden=("opus", "aac"),
        say=N_("%(num)s câu đã thu tiếng"),
    ),
    Entry(
        "lesson_proposal",
        "writing",
        ("author_id", "reviewer_id"),
        DELETED,
        "published ones stay, unsigned",
        say=N_("%(num)s bài soạn"),
    ),
    Entry(
        "data_request",
        "rights",
        ("by_id", "subject_id"),
        EMPTIED,
        PROOF,
        hidden=("file",),
        say=N_("%(num)s yêu cầu về dữ liệu"),
    ),
    Entry("breach", "rights", ("by_id",), KEPT, PROOF, export=NONE),
    Entry("kept_change", "log", ("by_id",), KEPT, "what the site was set to; who did it stays a number", export=NONE),
    Entry("audit_row", "log", ("actor_id",), KEPT, "append-only and chained; numbers instead of people", export=NONE),
)

BY_TABLE = {held.table: held for held in DATA_INVENTORY}

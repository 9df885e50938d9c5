"""The permission matrix as one table: each row calls the same functions as the features.

Pages, sockets, files and lists call the same functions of `policy/`. `flask permissions` writes `docs/permissions.md`
from the table.
A row states for each role whether it may act *inside* its scope (its own things, child, class, room, ward) and
*outside* of it, and the endpoints that take the action. `policy/access.py` admits no user to what stands in no row. The
other modules of this folder hold rows of one subject each.
"""

from tutoring.policy import accounts, notifications, privacy
from tutoring.policy.access import ANYONE, SIGNED_IN, STAFF_OR_ADMIN, roles
from tutoring.policy.matrix.accounts_and_units import OF_POWER
from tutoring.policy.matrix.administration import ADMINISTRATION
from tutoring.policy.matrix.api import API
from tutoring.policy.matrix.campaigns import CAMPAIGNS
from tutoring.policy.matrix.circles import CIRCLES
from tutoring.policy.matrix.class_overview import CLASS_OVERVIEW
from tutoring.policy.matrix.classes import CLASSES
from tutoring.policy.matrix.devices import LOANS, NEEDS, SPONSORED, STORE
from tutoring.policy.matrix.groups import GROUPS
from tutoring.policy.matrix.help import HELP
from tutoring.policy.matrix.insights import FIGURES
from tutoring.policy.matrix.moderation import SECOND_LOOKS
from tutoring.policy.matrix.published_answers import PUBLISHED_ANSWERS
from tutoring.policy.matrix.queues import QUEUES
from tutoring.policy.matrix.rooms import CALLS, ROOMS
from tutoring.policy.matrix.rows import (
    PEOPLE,
    MatrixRow,
    allow_anyone,
    allow_own,
    roles_held,
)
from tutoring.policy.matrix.rows import case as _case
from tutoring.policy.matrix.rows import routes as _routes
from tutoring.policy.matrix.site_setup import SITE_SETUP
from tutoring.policy.matrix.training import TRAINING
from tutoring.policy.matrix.visits import VISITS
from tutoring.policy.matrix.webhooks import WEBHOOKS
from tutoring.policy.moderation import actions, cases
from tutoring.policy.practice import portal, shared_runs

MATRIX_ROWS: tuple[MatrixRow, ...] = (
    # ---- public
    MatrixRow(
        "Public",
        "read lessons, search, handouts, help, 111 · 113 · 115",
        allow_anyone,
        ANYONE,
        (
            "static",
            *_routes("home", "start help search"),
            *_routes("help", "page picture in_vietnamese tour status"),
            *_routes("web", "language health manifest logo colours"),
            *_routes("discovery", "robots security sitemap lessons_feed campaigns_feed"),
            "ready.look",
            "pairing.ask",  # a visitor sees how to go on; what the page sends needs a sign-in
            *_routes(
                "lessons",
                "index path search suggest lesson step media done handout offline keep worker useful "
                "thanks acknowledged facts step_sound embedded_lesson embedded_step embed_sheet oembed_answer "
                "preview_picture path_handout path_pdf",
            ),
        ),
    ),
    MatrixRow(
        "Public",
        "read somebody's times, without names, under the address of their private calendar",
        allow_anyone,
        ANYONE,
        ("notifications.feed",),
    ),
    MatrixRow(
        "Public",
        "read the figures of the running site, with the monitor's own token",
        allow_anyone,
        ANYONE,
        ("metrics.figures",),
    ),
    MatrixRow(
        "Public",
        "sign in, ask for a new passphrase, join by a code, claim the card of a pupil or delete its line",
        allow_anyone,
        ANYONE,
        (
            *_routes("accounts", "sign_in sign_in_code recovery_code forgot_mail forgot reset"),
            *_routes("community", "join join_code card delete_card_line"),
            *_routes("openid", "begin callback not_linked logout"),
        ),
    ),
    MatrixRow(
        "Public",
        "report by the public form",
        allow_anyone,
        ANYONE,
        _routes("moderation", "report report_lesson reported"),
    ),
    MatrixRow(
        "Public",
        "read the counts of a half-year: reports, times, what came of them; small numbers hidden",
        allow_anyone,
        ANYONE,
        _routes("insights", "transparency transparency_file"),
    ),
    MatrixRow(
        "Public",
        "keep a copy of a rehearsal on a device and play it there without a network",
        allow_anyone,
        ANYONE,
        _routes("practice", "offline keep"),
    ),
    MatrixRow(
        "Public",
        "print persona cards and class sheets of a rehearsal",
        allow_anyone,
        ANYONE,
        _routes("practice", "cards handout"),
    ),
    MatrixRow(
        "Public",
        "rehearse a public service without an account: watch it, try it; nothing is kept",
        allow_anyone,
        ANYONE,
        _routes("practice", "index scenario watch try_out"),
    ),
    MatrixRow(
        "Public",
        "switch off the letters that a signed address in one of them stands for",
        allow_anyone,
        ANYONE,
        _routes("notifications", "off switch_it_off"),
    ),
    # ---- the user's own
    MatrixRow(
        "Oneself",
        "own account, name, passphrase, sign-ins, second factor",
        allow_own,
        SIGNED_IN,
        _routes("accounts", "sign_out confirm_it_is_you second_factor account profile password end_sign_in end_others"),
        step_up=_routes("accounts", "set_up_second_factor recovery_codes"),
    ),
    MatrixRow(
        "Oneself",
        "link a school account to one's own, take it off; let one's child under 16 do so",
        allow_own,
        SIGNED_IN,
        ("openid.unlink",),
        step_up=_routes("openid", "begin_link confirm_link child"),
    ),
    MatrixRow(
        "Oneself",
        "the email address of one's account: give, confirm by a letter, change, take away (from 16 on)",
        allow_own,
        SIGNED_IN,
        ("accounts.confirm_email",),
        step_up=_routes("accounts", "email drop_email"),
    ),
    MatrixRow(
        "Oneself",
        "own places, own inbox, own lessons, quizzes, papers, what one can do",
        allow_own,
        SIGNED_IN,
        (
            *_routes("community", "welcome leave"),
            *_routes(
                "notifications",
                "inbox open_notice read_all unread_all choices save_choices try_again push_on push_off push_try "
                "times time_file make_feed made_feed end_feed",
            ),
            *_routes("lessons", "taught merge start here answer onward quiz quiz_try acknowledgement skills"),
        ),
        socket_events=("here",),
    ),
    MatrixRow(
        "Oneself",
        "own first steps: put them away, bring them back, say that the numbers to call are saved",
        allow_own,
        SIGNED_IN,
        _routes("home", "put_steps_away bring_steps_back calls_saved"),
    ),
    MatrixRow(
        "Oneself",
        "short messages to the number of one's account, once it is shown to be one's own (grown-ups)",
        lambda role, inside: role in PEOPLE and inside and notifications.may_get_texts(False),
        SIGNED_IN,
        _routes("notifications", "text_code text_number text_off"),
    ),
    MatrixRow(
        "Oneself",
        "own reports and what became of them; what the desk did and why",
        allow_own,
        SIGNED_IN,
        _routes("moderation", "my_reports done"),
    ),
    MatrixRow(
        "Oneself",
        "see what is held of oneself, take it along, have it erased (from 16 on)",
        allow_own,
        SIGNED_IN,
        _routes("privacy", "mine take_back"),
        step_up=("privacy.download",),
    ),
    MatrixRow(
        "Oneself", "send the runs of rehearsals that one's device kept, once", allow_own, SIGNED_IN, ("practice.merge",)
    ),
    MatrixRow(
        "Oneself",
        "own runs of rehearsals: begin, play, give up, see what they showed",
        allow_own,
        SIGNED_IN,
        _routes("practice", "start run play give_up"),
    ),
    MatrixRow(
        "Oneself",
        "keep a notebook of one's own dossiers (adults; nobody else reads it)",
        lambda role, inside: role in PEOPLE and portal.may_keep_notebook("adult", is_owner=inside),
        SIGNED_IN,
        _routes("notebook", "notebook new_entry edit_entry finish_entry reopen_entry delete_entry first_dossier"),
    ),
    # ---- families
    MatrixRow(
        "Family",
        "add a child, give and withdraw consent, print the card",
        lambda role, inside: accounts.may_act_for_child(role == "parent" and inside),
        SIGNED_IN,
        (*_routes("accounts", "child child_full_name consent assent renewal"), "community.add_child"),
        step_up=("accounts.card",),
    ),
    MatrixRow(
        "Family",
        "see what a child can do and is learning, and who has seen it (a confirmed guardian)",
        lambda role, inside: accounts.may_act_for_child(role == "parent" and inside),
        SIGNED_IN,
        _routes("lessons", "child_skills"),
    ),
    MatrixRow(
        "Family",
        "read a child's week: times, partners' called-by names, counts; never a word",
        lambda role, inside: accounts.may_act_for_child(role == "parent" and inside),
        SIGNED_IN,
        _routes("notifications", "week"),
    ),
    MatrixRow(
        "Family",
        "see, take along and have erased what is held of a child (a confirmed guardian)",
        lambda role, inside: privacy.may_use_rights(False, True, role == "parent" and inside),
        SIGNED_IN,
        _routes("privacy", "person export ask"),
        step_up=("privacy.delete",),
    ),
    # ---- help
    *HELP,
    # ---- rooms
    *ROOMS,
    MatrixRow(
        "Places",
        "see at which screen of a rehearsal the learners of a class are who agreed to it; no values, no minutes",
        lambda role, inside: shared_runs.may_see_group(roles_held(role, inside)),
        roles("teacher"),
        ("practice.group_page",),
    ),
    *CLASS_OVERVIEW,
    *CLASSES,
    # ---- reports
    MatrixRow(
        "Reports",
        "report a message, a person, a room, an answer that one can see",
        lambda role, inside: role in PEOPLE and cases.may_report_in_room(inside, False),
        SIGNED_IN,
        _routes("moderation", "report_message report_room report_person report_reply"),
    ),
    MatrixRow(
        "Reports",
        "see a case of a place with children",
        lambda role, inside: cases.may_see_case(_case(role, inside, "S2")),
        STAFF_OR_ADMIN,
        _routes("moderation", "cases case desk"),
    ),
    MatrixRow(
        "Reports",
        "see a case among adults",
        lambda role, inside: cases.may_see_case(_case(role, inside, "S2", minors=False)),
    ),
    MatrixRow(
        "Reports",
        "decide a case of S2 or S3 with children",
        lambda role, inside: cases.may_decide_case(_case(role, inside, "S3")),
        STAFF_OR_ADMIN,
        _routes("moderation", "decide regrade"),
        reason=True,
    ),
    MatrixRow(
        "Reports",
        "decide a case of S0 or S1",
        lambda role, inside: cases.may_decide_case(_case(role, inside, "S1")),
        reason=True,
    ),
    MatrixRow(
        "Reports",
        "take a case in hand; within it hide, mask, warn, mute, lock, quarantine, and undo that",
        lambda role, inside: actions.may_act("hide", _case(role, inside, "S1")),
        STAFF_OR_ADMIN,
        _routes("moderation", "claim let_go act reverse"),
        reason=True,
    ),
    MatrixRow(
        "Reports",
        "within a case of S0 or S1 release, remove, unpair",
        lambda role, inside: actions.may_act("remove", _case(role, inside, "S1")),
        reason=True,
    ),
    MatrixRow(
        "Reports",
        "within a case suspend, hold on to what would be erased (asked again who it is)",
        lambda role, inside: actions.may_act("suspend", _case(role, inside, "S2")),
        reason=True,
    ),
    *CALLS,
    *SECOND_LOOKS,
    *GROUPS,
    *VISITS,
    *STORE,
    *NEEDS,
    *LOANS,
    *SPONSORED,
    *CIRCLES,
    *PUBLISHED_ANSWERS,
    *API,
    *WEBHOOKS,
    *CAMPAIGNS,
    *QUEUES,
    *TRAINING,
    *ADMINISTRATION,
    *SITE_SETUP,
    *FIGURES,
    *OF_POWER,
)

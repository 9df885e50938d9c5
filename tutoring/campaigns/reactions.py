"""What happens here when other features announce something: people do what counts, and somebody is erased."""

from tutoring.accounts.events import AccountErased
from tutoring.campaigns.counting import count, forget_person
from tutoring.campaigns.queries import learner_of_session
from tutoring.community.events import Joined, MembershipConfirmed
from tutoring.kernel.events import on
from tutoring.lessons.events import LessonFinished
from tutoring.pairing.events import HelpAsked
from tutoring.pairing.parked_events import HelpParked
from tutoring.practice.events import FirstDossierSaid, RunFinished
from tutoring.rooms.events import FeedbackGiven, MinutesChanged


@on(Joined)
def somebody_came_in(event: Joined) -> None:
    if not event.waiting:
        count("joined", event.user_id, event.unit_id)


@on(MembershipConfirmed)
def somebody_was_let_in(event: MembershipConfirmed) -> None:
    count("joined", event.user_id, event.unit_id)


@on(HelpAsked)
def somebody_asked(event: HelpAsked) -> None:
    count("asked", event.learner_id)


@on(HelpParked)
def somebody_asked_who_has_no_device(event: HelpParked) -> None:
    count("asked", event.learner_id)


@on(FeedbackGiven)
def a_learner_says_it_was_solved(event: FeedbackGiven) -> None:
    if event.role == "learner" and event.solved in {"yes", "partly"}:
        count("helped", event.user_id)


@on(MinutesChanged)
def the_learners_side_says_it_was_help(event: MinutesChanged) -> None:
    learner_id = learner_of_session(event.session_id) if event.what == "helped" else None
    if learner_id is not None:
        count("helped", learner_id)


@on(LessonFinished)
def somebody_finished_a_lesson(event: LessonFinished) -> None:
    count("lesson", event.user_id)


@on(RunFinished)
def somebody_practised(event: RunFinished) -> None:
    count("practised", event.user_id)


@on(FirstDossierSaid)
def somebody_filed(event: FirstDossierSaid) -> None:
    count("filed", event.owner_id)


@on(AccountErased)
def erase_with_the_account(event: AccountErased) -> None:
    forget_person(event.user_id)

"""What follows a decision for those who had to wait for it."""

from tutoring.kernel.events import on
from tutoring.moderation.commands.opening import tell_of_readings
from tutoring.moderation.events import CaseDecided


@on(CaseDecided)
def who_had_to_wait_hears_of_readings(event: CaseDecided) -> None:
    tell_of_readings()

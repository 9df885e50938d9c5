"""Whose a need is: the people and the family that it concerns."""

from tutoring.accounts.queries import kin
from tutoring.devices.need_models import DeviceNeed


def concerned(person_id: int, need: DeviceNeed) -> bool:
    """Whether somebody uses or receives what is needed, or is of that family as far as guardians tell: they decide
    nothing about it."""
    mine = {need.person_id, need.receiver_id}
    return person_id in mine or any(kin(person_id, one) for one in mine)

"""Labels of neighbourhoods, wards and tasks; msgids, translated when shown."""

from tutoring.community.labels import KIND_WORDS
from tutoring.community.models import Unit
from tutoring.kernel.text import N_, fold

TASK_WORDS = {
    "open": N_("chưa bắt đầu"),
    "doing": N_("đang làm"),
    "done": N_("đã xong"),
    "dropped": N_("không làm nữa"),
}
TASK_KINDS = {"open": "", "doing": "info", "done": "ok", "dropped": ""}
MOVE_WORDS = {
    "open": N_("Để lại sau"),
    "doing": N_("Bắt đầu làm"),
    "done": N_("Đã làm xong"),
    "dropped": N_("Không làm việc này nữa"),
}
TAKE_UP_AGAIN = N_("Làm lại việc này")
NOT_DONE_YET = N_("Chưa xong, làm tiếp")


def move_word(before: str, state: str) -> str:
    """Returns the label of the button that moves a task from one state to another."""
    if before == "dropped":
        return TAKE_UP_AGAIN
    return NOT_DONE_YET if before == "done" and state == "doing" else MOVE_WORDS[state]


def full_name(unit: Unit) -> str:
    """Returns the name of a unit with its form in front: "Khu phố 3", "Ấp Bàu Tre"."""
    # A name may begin with the short form: "Tổ công nghệ số 2" of a tổ công nghệ số cộng đồng.
    if not unit.form or fold(unit.name).startswith(fold(unit.form.removesuffix(" cộng đồng"))):
        return unit.name
    return f"{unit.form[0].upper()}{unit.form[1:]} {unit.name}"


def form_word(unit: Unit) -> str:
    """Returns the local word for a unit of this kind: khu phố, ấp, phường …"""
    return unit.form or KIND_WORDS[unit.kind].split(",")[0].lower()

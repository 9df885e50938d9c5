"""Labels of states and open requirements; all are msgids, translated where they are shown."""

from flask_babel import gettext, ngettext

from tutoring.kernel.text import N_
from tutoring.training.progress_queries import Syllabus
from tutoring.training.readiness import Readiness

STATE_WORDS = {
    "none": N_("chưa bắt đầu"),
    "learning": N_("đang học"),
    "ready": N_("sẵn sàng"),
    "soon": N_("sắp đến hạn"),
    "overdue": N_("quá hạn"),
}
STATE_KINDS = {"none": "", "learning": "info", "ready": "ok", "soon": "warn", "overdue": "bad"}
SHOW_WORDS = {
    "all": N_("Tất cả"),
    "due": N_("Đến hạn"),
    "ready": N_("Sẵn sàng"),
    "missing": N_("Chưa sẵn sàng"),
}
WAY_WORDS = {"none": N_("chưa có"), "hand": N_("thêm bằng tay"), "role": N_("theo vai trò")}
WAY_KINDS = {"none": "", "hand": "info", "role": "ok"}
WAY_SHOW_WORDS = {
    "": N_("Tất cả"),
    "none": N_("Chưa có lộ trình"),
    "hand": N_("Thêm bằng tay"),
    "role": N_("Theo vai trò"),
}
SESSION_SHOW_WORDS = {
    "": N_("Tất cả"),
    "coming": N_("Sắp tới"),
    "unmarked": N_("Chưa điểm danh"),
    "over": N_("Đã điểm danh"),
    "cancelled": N_("Đã huỷ"),
}
SESSION_KINDS = {"coming": "info", "unmarked": "warn", "over": "ok", "cancelled": ""}


def missing_words(found: Readiness, known: Syllabus, whole: bool = False) -> list[str]:
    """Returns the open requirements, one sentence per kind.

    A single lesson is named by its title, several by their number. With `whole`, all are named.
    """
    said = []
    for kind, one, many in (
        ("lesson", N_("Chưa học xong: %(title)s"), _lessons),
        ("quiz", N_("Chưa đạt câu hỏi: %(title)s"), _quizzes),
        ("witness", N_("Chưa có người thấy làm: %(title)s"), _seen),
    ):
        titles = [known.titles[slug] for slug in found.of_kind(kind)]
        if len(titles) == 1 or (titles and whole):
            said.append(gettext(one, title="; ".join(titles)))
        elif titles:
            said.append(many(len(titles)))
    if any(one.kind == "session" for one in found.missing):
        said.append(gettext("Cần dự lại một buổi tập huấn") if found.due_on else gettext("Chưa dự buổi tập huấn"))
    for until in sorted({one.until for one in found.added}):
        new = "; ".join(known.titles[one.slug] for one in found.added if one.until == until)
        said.append(gettext("Bài mới, học trước hết ngày %(day)s: %(titles)s", day=f"{until:%d/%m/%Y}", titles=new))
    return [str(words) for words in said]


def _lessons(count: int) -> str:
    return str(ngettext("Chưa học xong %(num)d bài", "Chưa học xong %(num)d bài", count))


def _quizzes(count: int) -> str:
    return str(ngettext("Chưa đạt câu hỏi của %(num)d bài", "Chưa đạt câu hỏi của %(num)d bài", count))


def _seen(count: int) -> str:
    return str(ngettext("Chưa có người thấy làm %(num)d bài", "Chưa có người thấy làm %(num)d bài", count))

"""States and what is missing in plain words; msgids, translated where they are shown."""

from flask_babel import gettext, ngettext

from tutoring.kernel.text import N_
from tutoring.training.readiness import Readiness
from tutoring.training.standing import Syllabus

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
LISTED = 3  # titles of one kind; the others are counted


def missing_words(found: Readiness, known: Syllabus) -> list[str]:
    """What is still to be done, a sentence for each kind."""
    kinds = {
        "lesson": N_("Chưa học xong: %(titles)s"),
        "quiz": N_("Chưa đạt câu hỏi: %(titles)s"),
        "witness": N_("Chưa được thấy làm: %(titles)s"),
    }
    said = [
        str(gettext(words, titles=_titles(found.of_kind(kind), known)))
        for kind, words in kinds.items()
        if found.of_kind(kind)
    ]
    if any(one.kind == "session" for one in found.missing):
        again = gettext("Cần dự lại một buổi tập huấn") if found.due_on else gettext("Chưa dự buổi tập huấn")
        said.append(str(again))
    return said


def _titles(slugs: list[str], known: Syllabus) -> str:
    shown = "; ".join(known.titles[slug] for slug in slugs[:LISTED])
    more = len(slugs) - LISTED
    return f"{shown}; {ngettext('%(num)d bài nữa', '%(num)d bài nữa', more)}" if more > 0 else shown

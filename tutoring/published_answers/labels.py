"""Labels of published answers, and how readers see who wrote one."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from tutoring.kernel.text import N_

STATES = {
    "asking": _l("Đang chờ hai bên đồng ý"),
    "waiting": _l("Đang chờ thầy cô đọc"),
    "released": _l("Đang ở trên trang"),
    "returned": _l("Cần viết lại"),
    "refused": _l("Không đăng"),
    "withdrawn": _l("Đã rút"),
    "lapsed": _l("Đã hết hạn"),
}
TONES = {"released": "ok", "returned": "bad", "asking": "warn", "waiting": "warn"}
DONE = {
    "release": N_("Đã đăng lời giải lên trang."),
    "return": N_("Đã trả lại cho người viết."),
    "refuse": N_("Đã ghi là không đăng. Người viết đọc được lý do."),
    "confirm": N_("Đã ghi là còn đúng."),
    "remove": N_("Đã gỡ lời giải khỏi trang."),
}


def written_by(writer: str, grade: int | None) -> str:
    """Returns how readers see the writer, without a name: "một bạn lớp 11"."""
    if writer == "pupil":
        said = gettext("một bạn lớp %(n)s", n=grade) if grade else gettext("một bạn học sinh")
    else:
        said = gettext("một thầy cô") if writer == "staff" else gettext("một người lớn")
    return str(said)

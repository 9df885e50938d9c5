"""What people most often need, for a search box that is empty or finds nothing: a question and the lesson for it."""

from dataclasses import dataclass

from tutoring.kernel.text import N_
from tutoring.lessons.search.hits import lesson_rows

QUESTIONS = (
    (N_("Không vào được lớp học"), "vao-lop-bang-duong-dan"),
    (N_("Không nghe, không thấy thầy cô"), "mat-tieng-mat-hinh-rot-mang"),
    (N_("Nộp bài bằng điện thoại"), "chup-va-nop-bai"),
    (N_("Quên mật khẩu"), "mat-khau-khoa-man-hinh"),
    (N_("Chưa có máy để học"), "nhan-may-tang-may-muon"),
    (N_("Có người gọi hỏi mã, đòi tiền"), "nhan-biet-lua-dao"),
    (N_("Đóng học phí qua điện thoại"), "dong-hoc-phi-hoa-don"),
    (N_("Làm giấy tờ ở nhà, không ra phường"), "doc-mot-thu-tuc"),
)


@dataclass(frozen=True)
class CommonQuestion:
    """A question (a msgid), its lesson, and the picture of the lesson on its hue."""

    text: str
    slug: str
    picture: str
    hue: str


def common_questions() -> list[CommonQuestion]:
    """Returns the questions whose lessons are in the current catalogue."""
    rows = lesson_rows([slug for _text, slug in QUESTIONS])
    return [
        CommonQuestion(text, slug, row.picture or row.path_picture, row.hue)
        for text, slug in QUESTIONS
        if (row := rows.get(slug))
    ]

"""The fields of a step and of the head of a lesson."""

from collections.abc import Mapping

from tutoring.kernel.text import N_
from tutoring.lessons.content.form.fields import Field, Kind
from tutoring.lessons.content.form.screen_fields import SCREEN

_KINDS = (
    ("single", N_("chọn một câu")), ("multiple", N_("chọn nhiều câu")), ("order", N_("xếp thứ tự")),
    ("confirm", N_("tự xác nhận")), ("type", N_("gõ câu trả lời")),
)  # fmt: skip
_SHARED = (
    ("lesson", N_("bài đang học")), ("step", N_("bước đang làm")), ("attempts", N_("số lần đã thử")),
    ("sim_screen", N_("màn hình đang tập")),
)  # fmt: skip
_HINTS = N_("Mỗi dòng một gợi ý, nhiều nhất ba. Gợi cách nghĩ, đừng nói ra câu đúng.")
_ASK = N_("Giọng người học. Ví dụ: Tôi tìm không thấy Cài đặt trong máy.")
_SIM = N_("Như: dang-ky-tam-tru. Xem ở “Bài tập của Cổng tập luyện”.")
_TEACH = N_("Ba đến sáu việc, mỗi dòng một việc. Chỉ cần khi bài có bước của con hay của ba mẹ.")
OPTION = (
    Field("id", kind="hidden"),
    Field("text", N_("Lựa chọn"), "long", needed=True),
    Field("correct", N_("Câu này đúng"), "flag"),
    Field("say", N_("Nếu chọn câu này thì nói gì"), "long", hint=N_("Câu sai nào cũng cần: vì sao chưa đúng.")),
    Field("back_to", N_("Xem lại bước nào"), "choice", source="steps", inside=True),
)
BLOCKS: Mapping[str, Kind] = {
    "checkpoint": Kind(
        N_("Câu hỏi"),
        (
            Field("id", kind="hidden"),
            Field("kind", N_("Kiểu câu hỏi"), "choice", choices=_KINDS, fixed=True),
            Field("prompt", N_("Câu hỏi"), "long", needed=True),
            Field("options", N_("Các lựa chọn"), "rows", of=OPTION, most=6, add=N_("Thêm lựa chọn")),
            Field("say", N_("Nếu xếp hay gõ chưa đúng thì nói gì"), "long", inside=True),
            Field("hints", N_("Gợi ý"), "lines", hint=_HINTS),
        ),
    ),
    "mistakes": Kind(
        N_("Lỗi hay gặp"),
        (
            Field(
                "rows", "", "rows", most=12, add=N_("Thêm lỗi"),
                of=(
                    Field("wrong", N_("Hay nhầm điều gì"), "long", needed=True),
                    Field("fix", N_("Làm thế nào mới đúng"), "long", needed=True),
                    Field("danger", N_("Nguy hiểm: có thể mất tiền, mất tài khoản"), "flag"),
                    Field("see", N_("Bài an toàn dạy điều này"), "choice", source="lessons", inside=True),
                ),
            ),
        ),
        "list",
    ),
    "stuck": Kind(
        N_("Câu nhờ giúp có sẵn"),
        (
            Field("ask", N_("Yêu cầu giúp"), "long", needed=True, hint=_ASK),
            Field("topic", N_("Ai giúp được: người biết việc nào"), "choice", needed=True, source="skills"),
            Field("share", N_("Người giúp được thấy"), "many", choices=_SHARED, inside=True),
            Field("never_share", N_("Người giúp không bao giờ thấy"), "lines", inside=True),
            Field("escalate_to", kind="hidden"),
        ),
    ),
    "sim": Kind(
        N_("Nút mở bài tập luyện"),
        (
            Field("scenario", N_("Mã bài tập luyện"), needed=True, hint=_SIM),
            Field("goal", N_("Mã mục tiêu"), needed=True),
            Field("start", N_("Mã màn hình bắt đầu"), inside=True),
        ),
    ),
}  # fmt: skip

_PROSE = N_("Chữ đậm viết **như vậy**. Số hay đổi viết {fact:mã}.")
STEP: tuple[Field, ...] = (
    Field("id", kind="hidden"),
    Field("title", N_("Tên bước"), hint=N_("Một việc, bắt đầu bằng động từ. Ví dụ: Bật Wi-Fi")),
    Field("goal", N_("Mục tiêu"), "long", hint=N_("Làm xong bước này thì được gì.")),
    Field("task", N_("Việc cần làm"), "long", hint=_PROSE),
    Field("screens", N_("Hình màn hình"), "rows", of=SCREEN, most=3, add=N_("Thêm hình")),
    Field("find", N_("Tìm"), "long", hint=N_("Dấu mốc trên màn hình, kèm “hoặc chữ tương tự”.")),
    Field("right", N_("Làm đúng thì thấy"), "long", hint=N_("Viết tiếp ngay điều nhìn thấy: “tên em ở đầu trang”.")),
    Field("else", N_("Nếu chưa được"), "long", hint=N_("Làm gì tiếp. Các đoạn sau đó cũng ghi ở đây.")),
    Field("blocks", N_("Câu hỏi, lỗi hay gặp, yêu cầu giúp"), "parts", kinds=BLOCKS, most=8, add=N_("Thêm")),
    Field(
        "part", N_("Bước này của ai"), "choice", inside=True,
        choices=(("con", N_("của con")), ("ba-me", N_("của ba mẹ"))),
    ),
    Field(
        "origin", N_("Tách ra từ bước nào"), "choice", source="steps", inside=True,
        hint=N_("Ai đã xong bước đó được tính là xong cả bước này."),
    ),
)  # fmt: skip

_LEVELS = (("1", N_("1, cho người mới")), ("2", "2"), ("3", "3"))
_AUDIENCE = (
    ("nguoi-dan", N_("người dân")), ("phu-huynh", N_("phụ huynh")), ("hoc-sinh", N_("học sinh")),
    ("nguoi-huong-dan", N_("người hướng dẫn")), ("giao-vien", N_("giáo viên")), ("can-bo", N_("cán bộ")),
)  # fmt: skip
_DEVICES = (
    ("dien-thoai", N_("điện thoại")), ("may-tinh", N_("máy tính")), ("may-tinh-bang", N_("máy tính bảng")),
)  # fmt: skip
HEAD: tuple[Field, ...] = (
    Field(
        "title", N_("Tên bài"), needed=True,
        hint=N_("Một việc làm được, bắt đầu bằng động từ. Ví dụ: Gửi ảnh cho cô giáo"),
    ),
    Field("summary", N_("Học xong làm được gì"), "long", needed=True),
    Field("path", N_("Lộ trình"), "choice", source="paths", fixed=True),
    Field("order", N_("Chỗ trong lộ trình"), "number", needed=True, hint=N_("Số nhỏ đứng trước.")),
    Field("level", N_("Mức"), "choice", choices=_LEVELS, fixed=True, whole=True),
    Field("minutes", N_("Học hết khoảng mấy phút"), "number", needed=True),
    Field("audience", N_("Dành cho ai"), "many", choices=_AUDIENCE),
    Field("devices", N_("Trên máy nào"), "many", choices=_DEVICES),
    Field("teaches", N_("Kỹ năng học được"), "many", source="skills", inside=True),
    Field("requires", N_("Cần học trước bài nào"), "many", source="lessons", inside=True),
    Field("picture", N_("Hình của bài"), "choice", source="pictures"),
    Field("aliases", N_("Người ta hay gõ gì để tìm bài này"), "lines", hint=N_("Mỗi dòng một cách gõ, không dấu.")),
    Field(
        "sources", N_("Nguồn"), "rows", most=30, add=N_("Thêm nguồn"),
        of=(
            Field("id", kind="hidden"),
            Field("title", N_("Tên bài hay văn bản")),
            Field("publisher", N_("Nơi đăng")),
            Field("url", N_("Địa chỉ"), hint=N_("Bắt đầu bằng https://")),
            Field("date", N_("Ngày của văn bản"), "date"),
            Field("ref", N_("Số hiệu")),
            Field("checked", N_("Ngày có người mở xem"), "date", hint=N_("Chỉ ghi khi chính bạn đã mở đúng trang đó.")),
            Field("as_of", N_("Đúng đến ngày"), "date", inside=True),
            Field("says", N_("Nguồn nói gì"), "long"),
        ),
    ),
    Field(
        "unverified", N_("Điều chưa kiểm tra được"), "rows", most=30, add=N_("Thêm điều chưa kiểm tra"),
        of=(
            Field("step", N_("Ở bước nào"), "choice", source="steps"),
            Field("what", N_("Điều gì, vì sao chưa kiểm tra được"), "long", needed=True),
        ),
    ),
    Field("as_of", N_("Bài viết theo tình hình ngày nào"), "date"),
    Field(
        "media", N_("Hình vẽ và bản ghi âm"), "rows", most=30,
        of=(
            Field("id", kind="hidden"), Field("file", kind="hidden"),
            Field("alt", N_("Lời cho người không nhìn thấy"), "long"),
            Field("long", N_("Mô tả dài"), "long", inside=True),
            Field("decorative", N_("Chỉ để trang trí"), "flag", inside=True),
            Field("licence", kind="hidden"), Field("shot_of", kind="hidden"), Field("reads", kind="hidden"),
            Field("lang", kind="hidden"), Field("source_hash", kind="hidden"),
        ),
    ),
    Field(
        "teach_back", N_("Dạy lại cho con"), "lines", inside=True,
        hint=_TEACH,
    ),
    Field("authors", N_("Người viết"), "lines", hint=N_("Mỗi dòng một người.")),
    Field(
        "review", N_("Đọc lại"), "group",
        of=(
            Field("by", kind="hidden"), Field("on", kind="hidden"),
            Field("every_days", N_("Bao nhiêu ngày phải đọc lại"), "number", needed=True, hint=N_("Từ 30 đến 365.")),
        ),
    ),
)  # fmt: skip

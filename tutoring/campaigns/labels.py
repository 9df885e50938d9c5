"""Labels of campaigns and materials; all are msgids, translated where they are shown.

Also computes the public progress of a campaign.
"""

from datetime import date, timedelta
from typing import NamedTuple

from tutoring.campaigns.models import Campaign
from tutoring.kernel.text import N_
from tutoring.policy.disclosure_control import suppress_small_count

COUNT_WORDS = {
    "joined": N_("Người vào nhóm"),
    "asked": N_("Người nhờ giúp"),
    "helped": N_("Người được giúp xong việc"),
    "lesson": N_("Người học xong một bài"),
    "practised": N_("Người tập xong một thủ tục"),
    "filed": N_("Người nộp hồ sơ thật lần đầu"),
}
COUNT_MEANS = {
    "joined": N_("Mỗi người vào nhóm trên Cùng Học trong thời gian này được tính một lần."),
    "asked": N_("Mỗi người gửi yêu cầu giúp trong thời gian này được tính một lần."),
    "helped": N_("Mỗi người được giúp và nói là đã xong, hoặc xong một phần, được tính một lần."),
    "lesson": N_("Mỗi người học xong ít nhất một bài trong thời gian này được tính một lần."),
    "practised": N_("Mỗi người tập xong ít nhất một thủ tục trong thời gian này được tính một lần."),
    "filed": N_("Mỗi người báo đã nộp hồ sơ thật lần đầu trong thời gian này được tính một lần."),
}
# The three steps of taking part, by what counts.
STEPS = {
    "joined": (
        N_("Bấm “Vào nhóm” rồi ghi tên, đặt mật khẩu. Không cần số căn cước."),
        N_("Xong là bạn đã được tính."),
        N_("Bị kẹt chỗ nào thì bấm “Nhờ giúp”: có người được phường giới thiệu giúp bạn."),
    ),
    "asked": (
        N_("Vào nhóm của nơi bạn ở. Đã có tài khoản thì đăng nhập."),
        N_("Bấm “Nhờ giúp”, kể chỗ đang kẹt. Gửi xong là bạn được tính."),
        N_("Người được giới thiệu vào phòng giúp bạn. Không ai thu tiền, không hỏi mã OTP."),
    ),
    "helped": (
        N_("Vào nhóm của nơi bạn ở. Đã có tài khoản thì đăng nhập."),
        N_("Bấm “Nhờ giúp”, kể chỗ đang kẹt. Có người vào phòng giúp bạn."),
        N_("Cuối buổi, bấm “Xong rồi”: bạn được tính."),
    ),
    "lesson": (
        N_("Vào nhóm của nơi bạn ở. Đã có tài khoản thì đăng nhập."),
        N_("Chọn một bài, học từng bước. Đi hết bài là bạn được tính."),
        N_("Bị kẹt thì bấm “Nhờ giúp” ngay cạnh bài."),
    ),
    "practised": (
        N_("Vào nhóm của nơi bạn ở. Đã có tài khoản thì đăng nhập."),
        N_("Chọn một thủ tục rồi tập trên trang mô phỏng. Tập hết là bạn được tính."),
        N_("Bị kẹt thì bấm “Nhờ giúp”."),
    ),
    "filed": (
        N_("Vào nhóm của nơi bạn ở. Đã có tài khoản thì đăng nhập."),
        N_("Nộp hồ sơ trên Cổng dịch vụ công, có người bên cạnh giúp nếu cần."),
        N_("Báo trong sổ hồ sơ là đã nộp: bạn được tính."),
    ),
}
STATE_WORDS = {"draft": N_("bản nháp"), "open": N_("đang mở"), "closed": N_("đã kết thúc")}
KIND_WORDS = {
    "poster": N_("Tờ dán (A4)"),
    "speech": N_("Lời đọc loa (dưới 60 giây)"),
    "card": N_("Ảnh để chia sẻ"),
    "leaflet": N_("Tờ gấp (A4 gấp đôi)"),
}
KIND_MEANS = {
    "poster": N_("Một câu chính, 3–5 bước chữ lớn, mã QR. Dán ở nhà văn hoá, cổng trường, chợ."),
    "speech": N_("Lời cho loa phường, có tính giây. Chỉ gồm điều nghe là hiểu."),
    "card": N_("Ảnh 1200×630 để gửi trong nhóm Zalo, Facebook của phường. Không có hình người."),
    "leaflet": N_("Các bước và điều cần nhớ, phát tận tay bà con."),
}

TEXT_WORDS = {
    "poster": N_("Các bước"),
    "speech": N_("Lời loa đọc"),
    "card": N_("Câu bên dưới"),
    "leaflet": N_("Các bước"),
}


class Progress(NamedTuple):
    """The public progress of a campaign; `people` is None for fewer than ten."""

    people: int | None
    goal: int
    days_left: int  # negative if the campaign is over
    days_until: int  # positive if the campaign has not begun

    @property
    def bar(self) -> int:
        return min(self.people or 0, self.goal)


def progress_of(campaign: Campaign, today: date) -> Progress:
    """Returns the public progress of a campaign, with small counts suppressed."""
    left = (campaign.ends_on - today) // timedelta(days=1) if campaign.state != "closed" else -1
    until = (campaign.starts_on - today) // timedelta(days=1)
    return Progress(suppress_small_count(campaign.counted, campaign.counted), campaign.goal, left, until)

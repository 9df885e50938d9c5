"""Background jobs in words: what each does, and what stays undone while it fails.

`tests/administration/test_audit_sentences.py` checks that every kind of job stands here.
"""

from dataclasses import dataclass
from typing import Final

from tutoring.kernel.text import N_


@dataclass(frozen=True)
class JobWords:
    """What a kind of job does, and what it means when it fails; msgids."""

    what: str
    meaning: str


_LATE: Final = N_("Người liên quan chưa được nhắc hoặc được báo muộn.")
_MAIL: Final = N_("Thư chưa tới người nhận.")
_ALARM: Final = N_("Người trực có thể chưa biết có việc khẩn. Hãy gọi cho họ ngay.")
_PAIRING: Final = N_("Người đang chờ giúp có thể phải chờ lâu hơn.")
_ROOM: Final = N_("Phòng chưa mở hoặc chưa đóng đúng giờ.")
_ERASURE: Final = N_("Dữ liệu đến hạn xoá vẫn còn. Cho làm lại trong ngày.")
_COUNT: Final = N_("Số liệu chưa được tính mới.")
_STATE: Final = N_("Trạng thái chưa đổi đúng ngày; người liên quan còn thấy trạng thái cũ.")

JOBS: Final[dict[str, JobWords]] = {
    kind: JobWords(what, meaning)
    for kind, what, meaning in (
        ("accounts.ask_anew", N_("Hỏi ba mẹ có đồng ý tiếp cho năm học mới không"), _LATE),
        ("accounts.clean", N_("Xoá dữ liệu sau khi rút đồng ý"), _ERASURE),
        ("accounts.email_ask", N_("Gửi thư xác nhận địa chỉ email"), _MAIL),
        ("accounts.email_told", N_("Báo cho địa chỉ email cũ"), _MAIL),
        ("accounts.reset_mail", N_("Gửi mã đặt lại mật khẩu qua email"), _MAIL),
        ("accounts.year_ends", N_("Kết thúc các đồng ý không được gia hạn"), _STATE),
        ("audit.anchor", N_("Ghi lại cuối nhật ký mỗi ngày"),
         N_("Nếu có dòng nhật ký bị xoá ở cuối thì khó nhận ra. Xem ổ đĩa có đầy không.")),
        ("audit.mail", N_("Gửi dòng cuối nhật ký qua email"), _MAIL),
        ("campaigns", N_("Đóng các chiến dịch đã qua ngày"), _STATE),
        ("circles.forget_old", N_("Xoá trao đổi cũ của góc hỏi đáp phụ huynh"), _ERASURE),
        ("community.alarm_before", N_("Nhắc gửi báo động thử trước khi hết hạn"), _LATE),
        ("community.alarm_month", N_("Nhắc gửi báo động thử hằng tháng"), _LATE),
        ("community.year_end_closes", N_("Kết thúc tư cách thành viên của người rời trường cuối năm học"), _STATE),
        ("community.class_cards", N_("Xoá thẻ của lớp và tài khoản chưa được xác nhận đã đến hạn"), _ERASURE),
        ("community.claims_confirmed", N_("Báo cho gia đình các em vừa được xác nhận bằng thẻ"), _LATE),
        ("community.merge", N_("Sáp nhập đơn vị vào ngày đã hẹn"), _STATE),
        ("community.readiness_ends", N_("Dừng nhận học sinh mới khi báo động thử đã quá hạn"), _STATE),
        ("community.renewal", N_("Nhắc gia hạn cho bạn đồng hành"), _LATE),
        ("community.suspension", N_("Mở lại tài khoản sau bảy ngày tạm khoá"), _STATE),
        ("community.units", N_("Ghi tệp đơn vị đã gửi"), N_("Các đơn vị trong tệp chưa có hết.")),
        ("devices.handover_near", N_("Nhắc ngày giao máy"), _LATE),
        ("devices.lenders", N_("Báo người cho mượn là sắp đến ngày trả máy"), _LATE),
        ("published_answers.age", N_("Ẩn và xoá lời giải ngắn đã đến hạn"), _ERASURE),
        ("webhooks.deliver", N_("Gửi tin tới chương trình khác"),
         N_("Chương trình của trường, của phường chưa biết tin.")),
        ("api.forget_writes", N_("Quên mã của các yêu cầu đã gửi qua khoá truy cập"), _ERASURE),
        ("devices.loan_due", N_("Nhắc ngày trả máy"), _LATE),
        ("devices.loans_nightly", N_("Xem lại các máy đang cho mượn"), _STATE),
        ("devices.needs", N_("Xem lại các nhu cầu về máy và mạng"), _STATE),
        ("devices.pictures", N_("Xoá ảnh máy đã qua hạn"), _ERASURE),
        ("lessons.recordings", N_("Ghép giọng đọc của các bước và xoá bản thu của câu đã đổi"), _ERASURE),
        ("insights.figures", N_("Tính số liệu của các đơn vị"), _COUNT),
        ("insights.half_year", N_("Tính số liệu công khai nửa năm"), _COUNT),
        ("kernel.heartbeat", N_("Báo ra ngoài là trang đang chạy"),
         N_("Nơi theo dõi bên ngoài có thể tưởng trang đã ngừng.")),
        ("kernel.outage", N_("Xem trang có bị ngừng không"), N_("Một lần trang bị ngừng có thể không được ghi lại.")),
        ("moderation.again", N_("Mở lại việc bị báo thêm"), _LATE),
        ("moderation.alarm", N_("Nhắc lại báo động về an toàn của trẻ"), _ALARM),
        ("moderation.decide", N_("Chuyển báo cáo quá hạn quyết định lên cấp trên"), _ALARM),
        ("moderation.look", N_("Chuyển báo cáo chưa ai xem lên cấp trên"), _ALARM),
        ("moderation.quarantine", N_("Cho ghép cặp lại khi hết hạn tạm ngừng"), _STATE),
        ("moderation.second_look", N_("Chuyển yêu cầu xem lại quá hạn lên cấp trên"), _LATE),
        ("moderation.soon", N_("Báo trước khi báo cáo nghiêm trọng đến hạn"), _ALARM),
        ("notifications.letter", N_("Gửi một thông báo qua email hoặc tin nhắn"), _MAIL),
        ("notifications.out", N_("Xếp gửi một thông báo"), _LATE),
        ("notifications.out_many", N_("Xếp gửi một thông báo cho nhiều người"), _LATE),
        ("notifications.push_trial", N_("Gửi thử thông báo đẩy"), N_("Người bấm gửi thử chưa thấy gì.")),
        ("notifications.sms_code", N_("Gửi mã xác nhận số điện thoại"), _MAIL),
        ("notifications.sweep", N_("Gửi lại những thông báo bị bỏ dở"), _LATE),
        ("notifications.class_work_days", N_("Nhắc bài thầy cô giao có hạn ngày mai"), _LATE),
        ("notifications.task_days", N_("Nhắc việc của nhóm đến hạn hôm nay"), _LATE),
        ("notifications.week", N_("Gửi bản tin tuần cho một người"), _MAIL),
        ("notifications.weeks", N_("Xếp gửi bản tin tuần"), _MAIL),
        ("pairing.alarm", N_("Nhắc lại báo động về người chờ giúp"), _ALARM),
        ("pairing.answer_over", N_("Đóng yêu cầu đã được trả lời"), _STATE),
        ("pairing.deferred", N_("Đưa yêu cầu để dành vào hàng chờ"), _PAIRING),
        ("pairing.expire", N_("Đóng yêu cầu quá hạn"), _STATE),
        ("pairing.first_words", N_("Xem hai người trong phòng mới đã chào nhau chưa"), _PAIRING),
        ("pairing.invite", N_("Mời bạn đồng hành nhận giờ đã xin"), _PAIRING),
        ("pairing.meet", N_("Mở phòng theo lịch"), _ROOM),
        ("pairing.met", N_("Hỏi hai người có gặp nhau không"), _LATE),
        ("pairing.parked", N_("Xem lại người chờ máy, chờ mạng"), _PAIRING),
        ("pairing.picture", N_("Đưa ảnh của yêu cầu vào phòng"), N_("Ảnh chưa có trong phòng.")),
        ("pairing.voice_note", N_("Đưa tin thoại của yêu cầu vào phòng"), N_("Tin thoại chưa có trong phòng.")),
        ("pairing.proposal", N_("Đóng yêu cầu hẹn không ai trả lời"), _STATE),
        ("pairing.remind", N_("Nhắc giờ hẹn"), _LATE),
        ("pairing.round", N_("Ghép cặp hằng tuần"), _PAIRING),
        ("queues.end_days", N_("Cộng số liệu hàng chờ của ngày qua và xoá các số"), _ERASURE),
        ("pairing.session", N_("Mở buổi học nhóm"), _ROOM),
        ("pairing.session_ends", N_("Đóng buổi học nhóm"), _ROOM),
        ("pairing.session_led", N_("Xem người dẫn buổi học nhóm đã đến chưa"), _LATE),
        ("pairing.session_near", N_("Nhắc buổi học nhóm"), _LATE),
        ("pairing.time", N_("Mở phòng vào giờ đã hẹn"), _ROOM),
        ("pairing.time_near", N_("Nhắc giờ đã hẹn"), _LATE),
        ("pairing.times_over", N_("Đóng các giờ không ai nhận"), _STATE),
        ("pairing.track", N_("Gợi ý cách khác cho người chờ lâu"), _PAIRING),
        ("pairing.wait_goes_on", N_("Cập nhật trang chờ"), _PAIRING),
        ("pairing.wave", N_("Hỏi bạn đồng hành tiếp theo"), _PAIRING),
        ("pairing.words", N_("Đưa nội dung yêu cầu vào phòng"), N_("Nội dung yêu cầu chưa có trong phòng.")),
        ("practice.look_again", N_("Nhắc ngày xem lại hồ sơ trong sổ tay"), _LATE),
        ("privacy.breach", N_("Nhắc hạn báo vụ lộ dữ liệu"),
         N_("Hạn 72 giờ vẫn chạy. Hãy mở trang Yêu cầu về dữ liệu, vụ lộ dữ liệu ngay.")),
        ("privacy.delete", N_("Xoá tài khoản theo yêu cầu"), _ERASURE),
        ("privacy.export", N_("Làm bản sao dữ liệu"), N_("Người xin bản sao dữ liệu chưa tải được.")),
        ("privacy.nightly", N_("Xoá dữ liệu đến hạn mỗi đêm"), _ERASURE),
        ("privacy.remind", N_("Nhắc hạn trả lời yêu cầu về dữ liệu"), _LATE),
        ("privacy.throw_away", N_("Xoá bản sao dữ liệu đã qua hạn"), _ERASURE),
        ("rooms.call", N_("Kết thúc cuộc gọi không ai nghe"), _ROOM),
        ("rooms.duty", N_("Xem phòng có người trực không"), _ALARM),
        ("rooms.erase", N_("Xoá tin nhắn sau khi rút đồng ý"), _ERASURE),
        ("rooms.forget", N_("Xoá bản gốc của tin đã qua hạn"), _ERASURE),
        ("rooms.pictures", N_("Xoá ảnh trong phòng đã qua hạn"), _ERASURE),
        ("rooms.risk", N_("Xoá dấu hiệu rủi ro đã cũ"), _ERASURE),
        ("rooms.side", N_("Đóng phòng nhóm nhỏ"), _ROOM),
        ("rooms.helper_notes", N_("Xoá ghi chú của người giúp về người không còn học cùng"), _ERASURE),
        ("rooms.voice_notes", N_("Xoá tin thoại đã ẩn quá hạn"), _ERASURE),
        ("training.invite", N_("Mời vào buổi tập huấn"), _LATE),
        ("training.near", N_("Nhắc buổi tập huấn"), _LATE),
        ("training.over", N_("Đóng buổi tập huấn"), _STATE),
        ("training.renewals", N_("Xem ai sắp hết hạn tập huấn"), _LATE),
        ("training.ward", N_("Xem ai sắp hết hạn tập huấn ở một phường"), _LATE),
        ("visits.near", N_("Nhắc buổi đến nhà"), _LATE),
        ("visits.nightly", N_("Đóng các buổi đến nhà đã qua"), _STATE),
        ("vouchers.nightly", N_("Xem lại gói mạng đã qua hạn"), _STATE),
        ("vouchers.reminders", N_("Nhắc dùng gói mạng"), _LATE),
    )
}  # fmt: skip

# By the class of the error, which is all that is stored of it.
NEXT_STEPS: Final[tuple[tuple[frozenset[str], str], ...]] = (
    (frozenset({"ConnectionError", "ConnectionRefusedError", "TimeoutError", "SMTPException", "SMTPServerDisconnected",
                "SMTPConnectError", "gaierror", "URLError", "Unreachable"}),
     N_("Máy chủ không nối được ra ngoài. Kiểm tra mạng và máy gửi thư (flask doctor), rồi cho làm lại.")),
    (frozenset({"SMTPAuthenticationError"}),
     N_("Máy gửi thư không nhận mật khẩu. Sửa cài đặt MAIL_… trên máy chủ, rồi cho làm lại.")),
    (frozenset({"OSError", "PermissionError", "FileNotFoundError"}),
     N_("Không ghi được tệp. Kiểm tra ổ đĩa còn chỗ và quyền của thư mục, rồi cho làm lại.")),
    (frozenset({"OperationalError", "DBAPIError", "InternalError"}),
     N_("Cơ sở dữ liệu từ chối hoặc bận. Chờ vài phút rồi cho làm lại.")),
)  # fmt: skip
ANY_STEP: Final = N_("Tìm lỗi này trong nhật ký máy chủ vào lúc đó và sửa nguyên nhân. Sau đó cho làm lại.")


def words_of(kind: str) -> JobWords:
    """Returns what a kind of job does; one of an older release keeps its technical name."""
    return JOBS.get(kind, JobWords(kind, _STATE))


def next_step(error: str) -> str:
    """Returns what to do about this class of error, as a msgid."""
    return next((step for errors, step in NEXT_STEPS if error in errors), ANY_STEP)

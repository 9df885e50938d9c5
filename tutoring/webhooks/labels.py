"""Labels of events, of states of a delivery, and of why a webhook ended."""

from tutoring.kernel.text import N_

KIND_WORDS = {
    "request.waiting": N_("Có người chờ được giúp"),
    "room.opened": N_("Phòng học mở"),
    "room.closed": N_("Phòng học đóng"),
    "campaign.counted": N_("Chiến dịch có thêm người"),
    "device.moved": N_("Máy trong kho đổi trạng thái"),
    "test": N_("Tin thử"),
}
STATE_WORDS = {"waiting": N_("đang chờ gửi"), "sent": N_("đã nhận"), "failed": N_("không gửi được")}
ENDED_WORDS = {
    "": N_("Trang đã được khôi phục từ một bản sao lưu."),
    "person": N_("Có người đã dừng."),
    "maker": N_("Người tạo không còn làm việc ở đây."),
    "failing": N_("Bên nhận không trả lời nhiều ngày."),
    "gone": N_("Bên nhận báo địa chỉ không còn."),
}

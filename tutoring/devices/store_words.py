"""Kinds, states and checks of machines in plain words; msgids, translated where they are shown."""

from tutoring.kernel.text import N_

KIND_WORDS = {
    "phone": N_("Điện thoại"),
    "tablet": N_("Máy tính bảng"),
    "laptop": N_("Máy tính xách tay"),
    "desktop": N_("Máy tính bàn"),
    "router": N_("Bộ phát Wi-Fi"),
}
TERMS_WORDS = {"gift": N_("Tặng hẳn"), "loan": N_("Cho mượn")}
CONDITION_WORDS = {
    "good": N_("Chạy tốt"),
    "worn": N_("Cũ nhưng còn dùng được"),
    "faulty": N_("Có chỗ hỏng"),
}
MISSING_WORDS = {
    "charger": N_("Thiếu sạc"),
    "battery": N_("Pin chai, mau hết"),
    "keyboard": N_("Bàn phím hỏng hoặc thiếu"),
    "screen": N_("Màn hình nứt hoặc có vệt"),
    "locked": N_("Còn khoá tài khoản cũ"),
    "storage": N_("Bộ nhớ đầy hoặc hỏng"),
}
ACCESSORY_WORDS = {
    "charger": N_("Củ sạc"),
    "cable": N_("Dây cáp"),
    "case": N_("Ốp hoặc bao"),
    "keyboard": N_("Bàn phím rời"),
    "mouse": N_("Chuột"),
    "sim_pin": N_("Que lấy SIM"),
    "earphones": N_("Tai nghe"),
    "bag": N_("Túi đựng"),
}
OFFER_WORDS = {
    "waiting": N_("Đang chờ phường trả lời"),
    "accepted": N_("Phường đã nhận lời"),
    "declined": N_("Phường chưa nhận được"),
    "withdrawn": N_("Đã rút lại"),
}
OFFER_KINDS = {"waiting": "info", "accepted": "ok", "declined": "warn"}
STATE_WORDS = {  # for staff
    "offered": N_("Chờ trả lời"),
    "declined": N_("Không nhận"),
    "withdrawn": N_("Người tặng giữ lại"),
    "expected": N_("Chờ mang tới"),
    "stored": N_("Chờ kiểm tra, xoá dữ liệu"),
    "repair": N_("Đang sửa"),
    "ready": N_("Sẵn sàng"),
    "reserved": N_("Đã dành"),
    "lent": N_("Đang cho mượn"),
    "given": N_("Đã tặng gia đình"),
    "lost": N_("Đã báo mất"),
    "sent_back": N_("Đã gửi lại người cho mượn"),
    "scrapped": N_("Đã bỏ, tái chế"),
}
STATE_KINDS = {
    "expected": "info", "stored": "info", "repair": "warn", "ready": "ok", "reserved": "ok", "lent": "ok",
    "given": "ok", "lost": "bad",
}  # fmt: skip
STAGE_WORDS = {  # for the donor
    "waits": N_("Đang chờ phường trả lời"),
    "declined": N_("Phường chưa nhận được máy này"),
    "withdrawn": N_("Bạn đã giữ lại máy"),
    "expected": N_("Phường nhận lời, chờ bạn mang tới"),
    "checked": N_("Đang kiểm tra và xoá dữ liệu"),
    "back": N_("Đã về, đang kiểm tra lại"),
    "ready": N_("Sẵn sàng cho một gia đình"),
    "used": N_("Đang được một gia đình dùng"),
    "lost": N_("Không còn tìm thấy"),
    "sent_back": N_("Đã gửi lại bạn"),
    "scrapped": N_("Không dùng được nữa, đã tái chế"),
}
STAGE_KINDS = {"waits": "info", "expected": "info", "checked": "info", "back": "info", "ready": "ok", "used": "ok",
               "declined": "warn", "lost": "warn"}  # fmt: skip
CHECK_WORDS = {
    "accounts_out": N_("Đã đăng xuất mọi tài khoản Google, Apple và tắt khoá kích hoạt"),
    "cards_out": N_("Đã lấy SIM và thẻ nhớ ra"),
    "reset_done": N_("Đã khôi phục cài đặt gốc"),
    "welcome_seen": N_("Đã thấy màn hình chào của máy mới, không đòi tài khoản cũ"),
    "starts_charges": N_("Máy bật lên được và sạc được"),
    "files_offered": N_("Đã hỏi người tặng có cần chép lại tập tin của họ không"),
    "disk_wiped": N_("Đã xoá sạch cả ổ đĩa"),
    "system_fresh": N_("Đã cài lại hệ điều hành mới"),
    "no_accounts": N_("Không còn tài khoản nào của người trước"),
    "starts": N_("Máy bật lên được và chạy ổn"),
    "password_new": N_("Đã đặt mật khẩu mới cho Wi-Fi và trang cài đặt"),
}
METHOD_WORDS = {
    "settings_reset": N_("Khôi phục gốc trong phần Cài đặt"),
    "recovery_reset": N_("Khôi phục gốc bằng phím cứng hoặc máy tính"),
    "overwritten": N_("Ghi đè cả ổ đĩa"),
    "encrypted_reset": N_("Mã hoá ổ đĩa rồi đặt lại máy"),
    "disk_changed": N_("Thay ổ đĩa mới, ổ cũ đã huỷ"),
    "button_reset": N_("Giữ nút Reset"),
    "menu_reset": N_("Đặt lại trong trang cài đặt của máy"),
}
ACT_WORDS = {  # buttons, one for each move that staff make by hand
    "away": N_("Xem rồi, không nhận máy này"),
    "repair": N_("Gửi đi sửa"),
    "repaired": N_("Đã sửa xong, về kho"),
    "again": N_("Kiểm tra lại"),
    "scrap": N_("Bỏ máy, tái chế"),
    "back": N_("Gửi lại người cho mượn"),
}
ACT_HINTS = {
    "away": N_("Dùng khi máy mang tới mà không dùng được. Người tặng mang máy về."),
    "repair": N_("Ghi máy hỏng gì và gửi sửa ở đâu."),
    "repaired": N_("Máy qua tay người khác, nên phải xoá dữ liệu lại rồi mới giao được."),
    "again": N_("Máy trở lại hàng chờ kiểm tra, và phải xoá dữ liệu lại rồi mới giao được."),
    "scrap": N_("Không lấy lại được bước này. Máy đưa tới nơi thu gom rác điện tử."),
    "back": N_("Không lấy lại được bước này. Máy rời kho và về với người cho mượn."),
}

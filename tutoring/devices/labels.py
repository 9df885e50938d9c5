"""Labels of devices, needs, handovers, loans, thanks and vouchers.

All are msgids, translated where they are shown.
"""

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
    "locked": N_("Máy còn khoá bởi tài khoản cũ"),
    "storage": N_("Bộ nhớ đầy hoặc hỏng"),
}
ACCESSORY_WORDS = {
    "charger": N_("Củ sạc"),
    "cable": N_("Dây cáp"),
    "case": N_("Ốp hoặc bao"),
    "keyboard": N_("Bàn phím rời"),
    "mouse": N_("Chuột"),
    "sim_pin": N_("Que chọc SIM"),
    "earphones": N_("Tai nghe"),
    "bag": N_("Túi đựng"),
}
OFFER_WORDS = {
    "waiting": N_("Đang chờ phường trả lời"),
    "accepted": N_("Phường đồng ý nhận"),
    "declined": N_("Phường không nhận"),
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
    "declined": N_("Phường không nhận máy này"),
    "withdrawn": N_("Bạn đã giữ lại máy"),
    "expected": N_("Phường đồng ý nhận, chờ bạn mang tới"),
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
ACT_WORDS = {  # button labels, one for each move that staff make by hand
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


NEED_KIND_WORDS = {"device": N_("Máy để học"), "internet": N_("Mạng internet")}
WANTS_WORDS = {
    "any": N_("Loại nào cũng được"),
    "phone": N_("Điện thoại"),
    "tablet": N_("Máy tính bảng"),
    "laptop": N_("Máy tính xách tay"),
    "desktop": N_("Máy tính để bàn"),
    "router": N_("Bộ phát Wi-Fi"),
}
AT_HOME_WORDS = {
    "none": N_("Chưa có máy nào"),
    "shared": N_("Có một máy, nhiều người dùng chung"),
    "own": N_("Đã có máy riêng, nhưng chưa dùng tốt"),
}
# Shown to the staff who decide, and in the published priority rule as one of its steps. Never shown beside a family.
BASIS_WORDS = {
    "poor_policy": N_("Hộ nghèo, và là gia đình có công hoặc thuộc diện chính sách"),
    "poor": N_("Hộ nghèo"),
    "near_poor": N_("Hộ cận nghèo"),
    "hardship": N_("Khó khăn khác mà phường hoặc trường biết rõ"),
}
BASIS_IN_A_LIST = {**BASIS_WORDS, "poor_policy": N_("Hộ nghèo, có công"), "hardship": N_("Khó khăn khác")}
NEED_STATE_WORDS = {
    "asked": N_("Chờ xác nhận"),
    "confirmed": N_("Đang trong hàng chờ"),
    "proposed": N_("Chờ người thứ hai duyệt"),
    "approved": N_("Đã duyệt"),
    "met": N_("Đã nhận"),
    "refused": N_("Chưa nhận được"),
    "withdrawn": N_("Đã rút"),
    "lapsed": N_("Đã hết hạn chờ"),
}
NEED_STATE_KINDS = {"asked": "info", "confirmed": "info", "proposed": "warn", "approved": "ok", "met": "ok",
                    "refused": "warn", "lapsed": "warn"}  # fmt: skip
NEED_TAB_WORDS = {
    "line": N_("Hàng chờ"),
    "asked": N_("Chờ xác nhận"),
    "second": N_("Chờ người thứ hai"),
    "approved": N_("Chờ bàn giao"),
    "over": N_("Đã xong"),
}
WHY_PLACE = {
    "basis": N_("Phường hoặc trường đã xác nhận gia đình cần hỗ trợ."),
    "home_none": N_("Ở nhà chưa có máy nào."),
    "home_shared": N_("Cả nhà dùng chung một máy."),
    "pupil": N_("Người dùng là trẻ đang đi học."),
    "first": N_("Nhà mình chưa nhận gì từ Cùng Học hay chương trình khác."),
    "learners": N_("Nhiều người ở nhà cùng học."),
    "asked": N_("Mọi điều trên như nhau thì ai đăng ký trước xếp trước."),
}
DUPLICATE_WORDS = {
    "own_loan": N_("Người này đang mượn một máy."),
    "own_gift": N_("Người này đã được tặng máy trong ba năm qua."),
    "own_voucher": N_("Người này đang có một gói mạng còn dùng được."),
    "family_loan": N_("Trong nhà đang mượn một máy."),
    "family_gift": N_("Trong nhà đã được tặng máy trong ba năm qua."),
    "family_need": N_("Trong nhà có một đăng ký khác đang được đề xuất hoặc đã duyệt."),
    "family_voucher": N_("Trong nhà đang có một gói mạng còn dùng được."),
    "elsewhere": N_("Gia đình cho biết chương trình khác đã tặng máy trong ba năm qua."),
}
DEVICE_TERMS_WORDS = {"gift": N_("được tặng cho phường"), "loan": N_("chỉ cho mượn")}


HANDOVER_WORDS = {
    "planned": N_("Đã hẹn"),
    "done": N_("Đã bàn giao"),
    "missed": N_("Chưa gặp được"),
    "cancelled": N_("Đã huỷ hẹn"),
}
HANDOVER_KINDS = {"planned": "info", "done": "ok", "missed": "warn"}
HANDOVER_TABS = {"waiting": N_("Chờ hẹn ngày"), "planned": N_("Đã hẹn"), "past": N_("Đã qua")}
LOAN_WORDS = {"open": N_("Đang mượn"), "returned": N_("Đã trả"), "lost": N_("Đã ghi là mất")}
LOAN_KINDS = {"open": "info", "returned": "ok", "lost": "warn"}
LOSS_WORDS = {
    "lost": N_("Máy bị lạc mất"),
    "stolen": N_("Máy bị lấy cắp"),
    "broken": N_("Máy bị hỏng"),
}
FILTER_WORDS = {
    "open": N_("Đang mượn"),
    "soon": N_("Sắp tới hẹn"),
    "overdue": N_("Quá hạn trả"),
    "renewal": N_("Xin mượn thêm"),
    "told": N_("Báo mất, hỏng"),
    "ended": N_("Đã xong"),
}
THANKS_WORDS = {
    "waiting": N_("Đang chờ phường xem"),
    "passed": N_("Đã chuyển"),
    "refused": N_("Chưa chuyển được"),
    "withdrawn": N_("Đã rút lại"),
}
THANKS_KINDS = {"waiting": "info", "passed": "ok", "refused": "warn"}
NO_RENEWAL_WORDS = {
    "often": N_("Máy này đã mượn thêm hai lần rồi. Còn cần máy thì gia đình nói với phường khi trả."),
    "donor": N_("Người cho mượn cần máy lại sau ngày này, nên không mượn thêm được. Phường sẽ tìm máy khác."),
}


NETWORK_WORDS = {
    "viettel": "Viettel", "vinaphone": "VinaPhone", "mobifone": "MobiFone", "vietnamobile": "Vietnamobile",
    "any": N_("Mạng nào cũng dùng được"),
}  # fmt: skip
# For the counts that staff see.
COUNT_WORDS = {
    "free": N_("Chưa tặng"),
    "assigned": N_("Đã tặng, chưa mở"),
    "opened": N_("Đã mở mã"),
    "used": N_("Đã dùng được"),
    "failed": N_("Không dùng được"),
    "expired": N_("Hết hạn"),
}
BATCH_WORDS = {"": N_("Tất cả"), "open": N_("Còn mã"), "out": N_("Đã hết mã"), "closed": N_("Đã đóng")}
# For the family.
VOUCHER_WORDS = {
    "assigned": N_("Mới được tặng"),
    "opened": N_("Đã mở mã"),
    "used": N_("Đã dùng"),
    "failed": N_("Không dùng được"),
    "expired": N_("Đã hết hạn"),
}
VOUCHER_KINDS = {"assigned": "info", "opened": "info", "used": "ok", "failed": "warn", "expired": ""}
# For the sponsor.
REPORT_WORDS = {
    "given": N_("Đã tặng cho gia đình"),
    "opened": N_("Gia đình đã mở mã"),
    "used": N_("Gia đình báo đã dùng được"),
    "failed": N_("Gia đình báo không dùng được"),
    "expired": N_("Hết hạn"),
}

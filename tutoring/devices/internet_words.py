"""Networks and states of vouchers in plain words; msgids, translated where they are shown."""

from tutoring.kernel.text import N_

NETWORK_WORDS = {
    "viettel": "Viettel", "vinaphone": "VinaPhone", "mobifone": "MobiFone", "vietnamobile": "Vietnamobile",
    "any": N_("Mạng nào cũng dùng được"),
}  # fmt: skip
# As staff count them.
COUNT_WORDS = {
    "free": N_("Chưa tặng"),
    "assigned": N_("Đã tặng, chưa mở"),
    "opened": N_("Đã mở mã"),
    "used": N_("Đã dùng được"),
    "failed": N_("Không dùng được"),
    "expired": N_("Hết hạn"),
}
# As the family reads it.
VOUCHER_WORDS = {
    "assigned": N_("Mới được tặng"),
    "opened": N_("Đã mở mã"),
    "used": N_("Đã dùng"),
    "failed": N_("Không dùng được"),
    "expired": N_("Đã hết hạn"),
}
VOUCHER_KINDS = {"assigned": "info", "opened": "info", "used": "ok", "failed": "warn", "expired": ""}
# As the sponsor reads it.
REPORT_WORDS = {
    "given": N_("Đã tặng cho gia đình"),
    "opened": N_("Gia đình đã mở mã"),
    "used": N_("Gia đình báo đã dùng được"),
    "failed": N_("Gia đình báo không dùng được"),
    "expired": N_("Hết hạn"),
}

"""Labels of the practice portal: dossier states, error messages, modes, levels and fees."""

from tutoring.kernel.text import N_

# The names that the one-stop systems use (docs/practice.md names the sources).
STATUSES = {
    "chua-nop": N_("Chưa nộp"),
    "moi-dang-ky": N_("Mới đăng ký"),
    "duoc-tiep-nhan": N_("Được tiếp nhận"),
    "khong-duoc-tiep-nhan": N_("Không được tiếp nhận"),
    "dang-xu-ly": N_("Đang xử lý"),
    "yeu-cau-bo-sung": N_("Yêu cầu bổ sung giấy tờ"),
    "yeu-cau-nghia-vu-tai-chinh": N_("Yêu cầu thực hiện nghĩa vụ tài chính"),
    "cong-dan-rut": N_("Công dân yêu cầu rút hồ sơ"),
    "dung-xu-ly": N_("Dừng xử lý"),
    "da-xu-ly-xong": N_("Đã xử lý xong"),
    "da-tra-ket-qua": N_("Đã trả kết quả"),
}
WHY = {
    "real": N_("Đây có thể là số thật. Ở đây chỉ dùng số trên thẻ nhân vật; số vừa gõ không được lưu."),
    "accents": N_("Gần đúng rồi, còn thiếu dấu. Hãy gõ đủ dấu như trên thẻ nhân vật."),
    "equals_persona": N_("Chưa giống trên thẻ nhân vật. Hãy xem lại thẻ rồi gõ đúng như vậy."),
    "street": N_("Gõ số nhà trước, rồi tên đường, như trên thẻ nhân vật."),
    "date": N_("Hãy gõ ngày theo mẫu ngày/tháng/năm, ví dụ 08/03/2020."),
    "not_after_clock": N_("Ngày này chưa tới. Hãy xem lại thẻ nhân vật."),
    "not_before_clock": N_("Ngày này đã qua. Hãy chọn một ngày từ hôm nay trở đi."),
    "min_len": N_("Còn thiếu chữ. Hãy gõ đủ như trên thẻ nhân vật."),
    "long": N_("Dài quá. Hãy gõ đúng như trên thẻ nhân vật."),
    "option": N_("Hãy chọn lại một câu trả lời."),
    "required": N_("Chỗ này còn trống. Hãy điền hoặc chọn rồi đi tiếp."),
    "trap": N_("Hãy chọn cách xử lý chuyện vừa xảy ra trước đã."),
    "unavailable": N_("Nút này chưa dùng được lúc này."),
    "dossier": N_("Hồ sơ đang ở bước khác, nên chưa làm được việc này."),
    "back": N_("Không lùi lại được nữa: việc đã gửi thì không rút về được."),
    "ended": N_("Lượt luyện này đã xong."),
    "too_many": N_("Lượt luyện này đã dài quá. Hãy bắt đầu lượt mới."),
}
OTHER = N_("Việc này chưa làm được ở màn hình này.")
MODES = {
    "watch": (N_("Xem"), N_("Máy làm mẫu từng bước, bạn chỉ xem.")),
    "together": (N_("Cùng làm"), N_("Chỗ cần bấm được đánh dấu, ô nào cũng có mẹo.")),
    "alone": (N_("Tự làm"), N_("Bạn tự làm. Sai ở đâu thì có mẹo ở đó.")),
    "exam": (N_("Thi thử"), N_("Không có mẹo. Làm xong mới biết kết quả.")),
}
LEVELS = {"firm": N_("Thành thạo"), "nearly": N_("Gần thành thạo"), "again": N_("Cần tập lại")}
FEES = {"phi": N_("phí"), "le-phi": N_("lệ phí"), "tien-phat": N_("tiền phạt")}


def why(code: str) -> str:
    """Returns the message (a msgid) for an error code of the engine."""
    return WHY.get(code, OTHER)

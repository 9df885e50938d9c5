"""What the sender is told: what was found, why it should not be sent, what to do instead."""

from tutoring.kernel.text import N_

REASONS = {
    "phone": N_(
        "Đây giống một số điện thoại. Người lạ có thể dùng nó để tìm bạn; hãy nói chuyện ngay trong phòng này."
    ),
    "idno": N_("Đây giống số căn cước. Số này chỉ điền trên trang của Nhà nước, không gửi cho ai trong phòng."),
    "otp": N_("Đây giống mã xác nhận. Ai có mã là vào được tài khoản của bạn, nên không đưa cho ai, kể cả người giúp."),
    "bank": N_("Đây giống số tài khoản hoặc số thẻ. Ở đây không ai cần chuyển tiền; hãy bỏ số này đi."),
    "email": N_("Đây là địa chỉ thư điện tử. Hãy nói chuyện ngay trong phòng này, không đưa địa chỉ riêng."),
    "link": N_("Đường dẫn này không nằm trong danh sách được gửi. Hãy nói tên trang, hoặc nhờ thầy cô kiểm tra giúp."),
    "handle": N_(
        "Bạn đang đưa hoặc hỏi tài khoản mạng xã hội. Hãy ở lại phòng này, nơi thầy cô thấy và giúp được bạn."
    ),
    "address": N_("Đây giống địa chỉ nhà. Không nói mình ở đâu với người mới quen; phường hoặc xã là đủ khi cần."),
    "secret": N_("Đây giống mật khẩu. Mật khẩu chỉ một mình bạn biết; nếu đã lỡ nói ra, hãy đổi mật khẩu ngay."),
    "school": N_("Bạn đang nói trường, lớp của mình. Người lạ có thể tìm đến; chỉ cần nói khối lớp là đủ."),
}
ASKING = {
    "otp": N_("Tin này hỏi mã xác nhận của người khác. Không ai được hỏi mã này; người nhận hãy tự nhập mã trên máy."),
    "secret": N_("Tin này hỏi mật khẩu của người khác. Không ai được hỏi mật khẩu; hãy để người ấy tự gõ."),
}

"""The purposes of personal data, each with its public text, legal basis and retention.

The bases are our reading of Law 91/2025/QH15 and Decree 356/2025; counsel has to check them (docs/privacy.md).
"""

from dataclasses import dataclass

from tutoring.kernel.text import N_

CONSENT, SERVICE, LAW, CHILDREN = "consent", "service", "law", "children"
BASES = {
    CONSENT: N_("bạn, hoặc ba mẹ của em dưới 16 tuổi, đã đồng ý"),
    SERVICE: N_("không có thì việc bạn nhờ không làm được"),
    LAW: N_("luật buộc phải giữ"),
    CHILDREN: N_("để bảo vệ trẻ em"),
}


@dataclass(frozen=True)
class Purpose:
    """Why data is stored, on which basis, for how long, and what erasure does to it."""

    key: str
    title: str
    why: str
    basis: str
    kept: str
    erased: str
    correct: str = ""  # the endpoint of the page where users correct the data themselves


PURPOSES = (
    Purpose(
        "account", N_("Tài khoản và đăng nhập"),
        N_("Để biết đúng là bạn, gọi bạn cho phải, và để bạn thấy máy nào đang đăng nhập."), SERVICE,
        N_("Giữ đến khi xoá tài khoản. Máy đã đăng xuất: 90 ngày."),
        N_("Xoá. Chỗ người khác đang thấy tên bạn thành “Người đã rời”."), "accounts.account",
    ),
    Purpose(
        "family", N_("Gia đình và lời đồng ý"),
        N_("Để biết ai chăm lo em nào, và để chứng minh được lời đồng ý."), LAW,
        N_("Giữ đến khi xoá tài khoản. Lời đồng ý còn lại dưới dạng con số, không có tên."),
        N_("Xoá tên, số liên lạc và quan hệ. Lời đồng ý chỉ còn con số."), "accounts.account",
    ),
    Purpose(
        "places", N_("Lớp, khu phố và việc được giao"),
        N_("Để bạn vào đúng nơi, và để trẻ em chỉ gặp người đã được bảo lãnh."), SERVICE,
        N_("Giữ đến khi rời nơi đó hoặc xoá tài khoản. Ca trực đã qua còn lại dưới dạng con số."),
        N_("Xoá. Ca trực đã qua không còn tên."), "accounts.account",
    ),
    Purpose(
        "learning", N_("Bài học và kỹ năng"),
        N_("Để bạn học tiếp từ chỗ đang dở, và để người giúp đủ kỹ năng."), CONSENT,
        N_("Giữ đến khi xoá tài khoản hoặc rút lại đồng ý."), N_("Xoá hết."), "lessons.index",
    ),
    Purpose(
        "help", N_("Nhờ giúp, hẹn gặp và giúp người khác"),
        N_("Để tìm được người giúp vào lúc cả hai rảnh."), CONSENT,
        N_("Nội dung đã viết: 180 ngày sau khi yêu cầu kết thúc. Địa chỉ để đến nhà: bảy ngày sau buổi hẹn."),
        N_("Xoá lời đã viết, giờ rảnh và ảnh. Việc đã có một buổi học còn lại cho bên kia, không có tên bạn."),
        "pairing.requests",
    ),
    Purpose(
        "rooms", N_("Tin nhắn và ảnh trong phòng học"),
        N_("Để học cùng nhau, và để người lớn trông được phòng có trẻ em."), CONSENT,
        N_(
            "Buổi học: 180 ngày sau khi phòng đóng. Phòng lớp: 180 ngày sau khi viết. "
            "Phòng có việc được báo: đến khi xét xong."
        ),
        N_("Tin cũ hơn 14 ngày xoá ngay, tin mới xoá khi đủ 14 ngày, để ai cần báo việc xấu còn kịp."),
    ),
    Purpose(
        "circles", N_("Góc hỏi đáp phụ huynh"),
        N_("Để ba mẹ cùng lớp hỏi nhau, và tìm lại được cách làm hay."), SERVICE,
        N_("Hai năm sau câu trả lời cuối. Bài đã rút: 30 ngày."),
        N_("Xoá câu trả lời và lời hỏi. Chủ đề người khác đã trả lời ở lại, không có lời và tên của bạn."),
        "circles.index",
    ),
    Purpose(
        "answers", N_("Lời giải ngắn trên bước của bài"),
        N_("Để người sau tự gỡ được chỗ người trước đã kẹt. Người đọc không thấy tên ai."), CONSENT,
        N_(
            "Đến khi một bên rút, hoặc nửa năm không có thầy cô đọc lại. Chưa đủ hai bên đồng ý: 30 ngày. "
            "Không đăng: xoá ngay."
        ),
        N_("Xoá lời giải, các lần đồng ý và các lần bấm của bạn. Lời giải rời mọi trang ngay."),
        "published_answers.own",
    ),
    Purpose(
        "devices", N_("Máy tặng, máy mượn và mạng được tài trợ"),
        N_("Để máy và gói mạng đến đúng nhà đang cần, mỗi nhà một lần, và để biết máy nào đang ở đâu."), SERVICE,
        N_("Hai năm sau khi máy đã trả hoặc việc đã xong. Mã gói mạng: đến khi dùng hoặc hết hạn."),
        N_("Xoá lời đã viết và hoàn cảnh. Sổ máy còn lại dưới dạng con số, không có tên."),
    ),
    Purpose(
        "hours", N_("Giờ giúp và giấy xác nhận"),
        N_("Để ghi nhận giờ bạn đã giúp và lập giấy khi bạn cần."), SERVICE,
        N_("Giấy: đến khi hết hạn hoặc xoá tài khoản. Số phút: còn lại dưới dạng con số."),
        N_("Xoá giấy và tên trên giấy. Số phút không còn tên."), "pairing.minutes",
    ),
    Purpose(
        "safety", N_("An toàn: việc được báo"),
        N_("Để người lớn có trách nhiệm xem xét việc xấu."), CHILDREN,
        N_("Dấu hiệu rủi ro: 30 ngày. Tin báo và bằng chứng: 180 ngày sau khi xét xong."),
        N_("Việc chưa xét xong thì giữ đến khi xét xong, rồi xoá."),
    ),
    Purpose(
        "notebook", N_("Sổ hồ sơ của tôi"),
        N_("Để bạn tìm lại mã hồ sơ đã nộp và được nhắc xem lại. Chỉ mình bạn đọc được."), SERVICE,
        N_("Giữ đến khi bạn xoá khỏi sổ hoặc xoá tài khoản."), N_("Xoá hết."), "notebook.notebook",
    ),
    Purpose(
        "inbox", N_("Thông báo"), N_("Để bạn biết có gì mới."), SERVICE, N_("180 ngày."), N_("Xoá hết."),
        "notifications.inbox",
    ),
    Purpose(
        "writing", N_("Bài học bạn soạn"), N_("Để người thứ hai đọc lại trước khi đăng."), SERVICE,
        N_("Giữ đến khi xoá tài khoản. Bài đã đăng ở lại kho bài học, không có tên."),
        N_("Xoá bài nháp và ghi chú. Bài đã đăng ở lại, không có tên."),
    ),
    Purpose(
        "rights", N_("Yêu cầu của bạn về dữ liệu"),
        N_("Để chứng minh yêu cầu của bạn đã được làm, và để bản sao lưu cũ không đem dữ liệu đã xoá trở lại."), LAW,
        N_("Tập tin dữ liệu: 7 ngày. Việc đã yêu cầu: còn lại dưới dạng con số."), N_("Chỉ còn con số."),
    ),
    Purpose(
        "log", N_("Sổ ghi việc của người phụ trách"),
        N_("Để biết người phụ trách đã làm gì với người khác. Không có tên, không có lời nhắn."), CHILDREN,
        N_("Giữ mãi, nối thành chuỗi để không ai sửa được. Chỉ có con số thay cho người."),
        N_("Con số ở lại; không còn gì nối con số với bạn."),
    ),
)  # fmt: skip

BY_KEY = {purpose.key: purpose for purpose in PURPOSES}

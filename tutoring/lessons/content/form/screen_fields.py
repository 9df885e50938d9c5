"""The fields of a picture of a screen."""

from collections.abc import Mapping

from tutoring.kernel.text import N_
from tutoring.lessons.content.form.fields import Choices, Field, Kind
from tutoring.lessons.content.screens.schema import MAX_PARTS

ICONS: Mapping[str, str] = {
    "alert": N_("dấu cảnh báo"), "back": N_("mũi tên quay lại"), "bank": N_("ngân hàng"), "battery": N_("pin"),
    "bell": N_("chuông"), "bluetooth": "Bluetooth", "book": N_("quyển sách"), "brightness": N_("độ sáng"),
    "bulb": N_("bóng đèn"), "calendar": N_("lịch"), "camera": N_("máy ảnh"), "card": N_("thẻ"),
    "chart": N_("biểu đồ"), "chat": N_("tin nhắn"), "circle": N_("vòng tròn"), "clock": N_("đồng hồ"),
    "close": N_("dấu nhân"), "crop": N_("khung cắt"), "data": N_("dữ liệu di động"), "device": N_("thiết bị"),
    "dots": N_("chín chấm"), "down": N_("mũi tên xuống"),
    "edit": N_("cây bút"), "eye": N_("con mắt"), "file": N_("tệp"), "flash": N_("tia chớp"),
    "flip": N_("đổi máy ảnh trước, sau"), "folder": N_("thư mục"), "gear": N_("bánh răng"), "get": N_("tải xuống"),
    "hand": N_("bàn tay"), "heart": N_("trái tim"), "help": N_("dấu hỏi"), "home": N_("trang chính"),
    "house": N_("ngôi nhà"), "image": N_("tấm ảnh"), "info": N_("chữ i"), "key": N_("chìa khoá"),
    "language": N_("ngôn ngữ"), "leave": N_("rời đi"), "link": N_("mắt xích"), "lock": N_("ổ khoá"),
    "menu": N_("ba gạch"), "mic": N_("micro"), "mic_off": N_("micro gạch chéo"), "mobile": N_("điện thoại di động"),
    "moon": N_("mặt trăng"), "more": N_("ba chấm"), "next": N_("mũi tên sang phải"), "ok": N_("dấu tích"),
    "pause": N_("tạm dừng"), "people": N_("nhiều người"), "phone": N_("gọi điện"), "pin": N_("ghim"),
    "plane": N_("máy bay"), "play": N_("phát"), "plus": N_("dấu cộng"), "qr": N_("mã QR"), "redo": N_("làm lại"),
    "rotate": N_("xoay"), "school": N_("trường học"), "search": N_("kính lúp"), "send": N_("gửi"),
    "shield": N_("tấm khiên"), "signal": N_("cột sóng"), "sound": N_("loa"), "star": N_("ngôi sao"),
    "sun": N_("mặt trời"), "torch": N_("đèn pin"), "trash": N_("thùng rác"), "up": N_("mũi tên lên"),
    "user": N_("một người"), "video": N_("máy quay"), "video_off": N_("máy quay gạch chéo"), "wallet": N_("ví"),
    "wifi": "Wi-Fi", "world": N_("quả địa cầu"),
}  # fmt: skip
_ICONS: Choices = tuple(ICONS.items())
_MARKS: Choices = (
    ("tap 1", N_("1. Chạm")), ("tap 2", N_("2. Chạm")), ("tap 3", N_("3. Chạm")),
    ("type 1", N_("1. Gõ")), ("type 2", N_("2. Gõ")), ("type 3", N_("3. Gõ")),
    ("swipe 1", N_("1. Vuốt")), ("swipe 2", N_("2. Vuốt")), ("swipe 3", N_("3. Vuốt")),
    ("hold 1", N_("1. Giữ")), ("hold 2", N_("2. Giữ")), ("hold 3", N_("3. Giữ")),
    ("drag 1", N_("1. Kéo")), ("drag 2", N_("2. Kéo")), ("drag 3", N_("3. Kéo")),
    ("look 1", N_("1. Nhìn")), ("look 2", N_("2. Nhìn")), ("look 3", N_("3. Nhìn")),
    ("avoid 1", N_("1. Đừng chạm")), ("avoid 2", N_("2. Đừng chạm")), ("avoid 3", N_("3. Đừng chạm")),
    ("tap", N_("Chạm")), ("type", N_("Gõ")), ("swipe", N_("Vuốt")), ("hold", N_("Giữ")),
    ("drag", N_("Kéo")), ("look", N_("Nhìn")), ("avoid", N_("Đừng chạm")),
)  # fmt: skip
# The value of a choice, and what stands in the text.
ENDS: Choices = (
    ("on", N_("công tắc đang bật")), ("off", N_("công tắc đang tắt")), ("next", N_("mũi tên sang phải")),
    ("ok", N_("dấu tích")), ("lock", N_("ổ khoá")), ("down", N_("mũi tên xuống")), ("more", N_("ba chấm")),
    ("edit", N_("cây bút")), ("word", N_("một chữ (ghi ở ô bên)")),
)  # fmt: skip

_text = Field("text", N_("Chữ"))
_words = Field("text", N_("Chữ"), needed=True)
_mark = Field("mark", N_("Người học làm gì ở đây"), "choice", choices=_MARKS)
_icon = Field("icon", N_("Hình nhỏ"), "choice", choices=_ICONS)
_drawn = Field("icon", N_("Hình nhỏ"), "choice", choices=_ICONS, needed=True)
_note = Field("note", N_("Dòng nhỏ ở dưới"))
_lit = Field("lit", N_("Đang bật"), "flag")
_kind = Field(
    "kind", N_("Kiểu nút"), "choice",
    choices=(("main", N_("nút chính")), ("quiet", N_("nút phụ")), ("danger", N_("nút xoá, nguy hiểm"))),
)  # fmt: skip
_button = (_words, _kind, _mark)
_tile = (_drawn, _words, _lit, _mark)
_person = (Field("face", N_("Một hai chữ trong vòng tròn")), _words, _note, _mark)
_bubble = (_words, Field("from", N_("Người gửi")), Field("link", N_("Đường dẫn trong tin")), _mark)


def _rows(of: tuple[Field, ...], most: int, add: str) -> tuple[Field, ...]:
    return (Field("rows", "", "rows", of=of, most=most, add=add),)


_BUTTON, _TILE, _PERSON = N_("Thêm nút"), N_("Thêm hình"), N_("Thêm người")
PARTS: Mapping[str, Kind] = {
    "bar": Kind(
        N_("Thanh trên cùng"),
        (_text, Field("back", N_("Có mũi tên quay lại"), "flag"), Field("icons", N_("Hình nhỏ bên phải"), "icons"),
         _mark),
    ),
    "url": Kind(N_("Thanh địa chỉ"), (_words, Field("lock", N_("Có ổ khoá"), "flag", default=True), _mark)),
    "search": Kind(N_("Ô tìm kiếm"), (_words, _mark)),
    "head": Kind(N_("Đề mục nhỏ"), (_words, _mark)),
    "text": Kind(N_("Đoạn chữ"), (_words, _mark)),
    "say": Kind(N_("Dòng chữ ở giữa"), (_words, _mark)),
    "row": Kind(
        N_("Dòng trong danh sách"),
        (_icon, _words, _note, Field("end", N_("Cuối dòng"), "end", choices=ENDS), _mark,
         Field("on_end", N_("Dấu chỉ vào cuối dòng"), "flag")),
    ),
    "field": Kind(
        N_("Ô để điền"),
        (_words, Field("value", N_("Đã điền sẵn")), Field("hint", N_("Gợi ý trong ô")),
         Field("need", N_("Bắt buộc (dấu sao)"), "flag"), Field("pick", N_("Có mũi tên để chọn"), "flag"),
         Field("error", N_("Báo lỗi dưới ô")), _mark),
    ),
    "button": Kind(N_("Nút"), _button),
    "buttons": Kind(N_("Hai, ba nút cạnh nhau"), _rows(_button, 3, _BUTTON), "list"),
    "in": Kind(N_("Tin nhắn đến"), _bubble),
    "out": Kind(N_("Tin nhắn của mình"), _bubble),
    "dialog": Kind(
        N_("Hộp hỏi"),
        (Field("title", N_("Câu hỏi"), needed=True), _text,
         Field("buttons", N_("Các nút"), "rows", of=_button, most=3, add=_BUTTON), _mark),
    ),
    "keys": Kind(
        N_("Bàn phím"),
        (Field("keys", N_("Kiểu"), "choice", fixed=True, choices=(("vi", N_("chữ")), ("number", N_("số")))),),
        "word",
    ),
    "apps": Kind(N_("Hình ứng dụng, ba hình một hàng"), _rows(_tile, 9, _TILE), "list"),
    "quick": Kind(N_("Bảng bật tắt nhanh"), _rows(_tile, 8, _TILE), "list"),
    "round": Kind(N_("Nút tròn"), _rows(_tile, 5, _TILE), "list"),
    "person": Kind(N_("Một người"), _person),
    "video": Kind(N_("Ô hình trong cuộc gọi"), _rows(_person, 4, _PERSON), "list"),
    "store": Kind(
        N_("Đầu trang ứng dụng trong cửa hàng"),
        (_drawn, _words, Field("by", N_("Nơi làm ra"), needed=True),
         Field("facts", N_("Số liệu"), "pairs", most=5, add=N_("Thêm dòng")), _mark),
    ),
    "paper": Kind(
        N_("Tờ giấy"),
        (_words, Field("lines", N_("Các dòng"), "pairs", most=5, add=N_("Thêm dòng")),
         Field("corners", N_("Đánh dấu bốn góc"), "flag"), _mark),
    ),
    "shutter": Kind(N_("Hàng nút chụp"), (_text, _mark)),
    "qr": Kind(N_("Mã QR"), (_words, _mark)),
}  # fmt: skip

SCREEN: tuple[Field, ...] = (
    Field(
        "name", N_("Màn hình nào"), needed=True,
        hint=N_("Người không nhìn thấy nghe chữ này trước. Ví dụ: Cài đặt, mục Wi-Fi"),
    ),
    Field("parts", N_("Các phần, từ trên xuống"), "parts", kinds=PARTS, most=MAX_PARTS, add=N_("Thêm phần")),
    Field("cut", N_("Màn hình còn nữa ở dưới"), "flag"),
    Field("caption", N_("Chữ dưới hình")),
    Field(
        "frame", N_("Khung"), "choice", inside=True,
        choices=(
            ("phone", N_("điện thoại")), ("window", N_("trang trên máy tính")),
            ("card", N_("vài hình nhỏ, không có điện thoại")),
        ),
    ),
    Field(
        "ground", N_("Nền"), "choice", inside=True,
        choices=(("chat", N_("nền tin nhắn")), ("dim", N_("nền xám")), ("dark", N_("nền tối"))),
    ),
    Field("wifi", N_("Có dấu Wi-Fi ở góc"), "flag", default=True, inside=True),
    Field(
        "alt", N_("Lời cho người không nhìn thấy"), "long", inside=True,
        hint=N_("Để trống thì máy tự làm từ tên màn hình và các dấu."),
    ),
)  # fmt: skip

"""Patterns for the words beside a digit sequence that decide what it is or is not.

They match plain letters (without diacritics), unless a word would be ambiguous then.
"""

import re

from tutoring.safety.detector.diacritics import meant
from tutoring.safety.detector.patterns import at_border

PHONE_CUE = re.compile(
    r"\b(?:sdt|s[.\s]?d[.\s]?t|so dt|dt|dthoai|dien thoai|phone|tel|mobile|so may|goi|alo|call|text|lien he|lh"
    r"|lien lac|di dong"
    r"|(?:so|nhan|nt|ib) (?:cua |cho |rieng |may |dt |moi )?(?:minh|em|con|chau|me|bo|ba|to|tui|toi|tao|t|anh"
    r"|chi|co|chu|nha)"
    r"|my number|number is|zalo|za lo|viber|whatsapp|tele|telegram|imess\w*)\b"
)
# "có số 0 đứng trước": the first digit is told in words, apart from the others
NOUGHT = re.compile(
    r"\b(?:so|con) (?:0|khong|ko|k|zero)(?: nua| do| nha)? (?:o |dung |nam |dau|truoc|phia|vao)|\b(?:dau|truoc) "
    r"(?:co |them |la |nho |con ){1,2}(?:so )?(?:0|khong|ko)\b"
    r"|\b(?:them|co|thieu|bo) (?:con |mot |1 )?so (?:0|khong|ko)\b|\bthem (?:0|khong) (?:o |vao |dang |phia "
    r")?(?:dau|truoc)|\bzero (?:first|in front|before)"
)
ID_CUE = re.compile(
    r"\b(?:cccd|c c c d|can cuoc|cmnd|cmtnd|cmt|chung minh(?! rang)|dinh danh|citizen id|id card|identity|so cc"
    r"|the cc)\b"
)
CODE_CUE = re.compile(
    r"\b(?:tin nhan\W{1,2}(?:\w+ ){0,3}(?:ghi|hien|bao|co) (?:[4-8]|bon|nam|sau) (?:chu |con )?so"
    r"|otp|o[\s.\-]t[\s.\-]p|ma (?:so )?(?:xac (?:nhan|minh|thuc)|kich hoat|bao mat|dang nhap|pin|otp|sms|2 "
    r"lop|hai lop|2fa)"
    r"|(?:verification|verify|security|login|log.?in|confirmation|one.?time|sms|auth\w*) (?:code|pass\w*|pin|number))\b"
)
ANY_CODE = re.compile(r"\b(?:ma|code|pin)\b")
MINE = re.compile(
    r"\b(?:(?:ve|toi|den|vo) (?:roi|ne|roi ne)|no (?:ve|gui|toi|nhay|bao|ghi|hien|keu)|(?:bon|nam|sau|bay|tam|[4-8]) "
    r"(?:chu |con )?so|cua|tin nhan|gui ve|gui den|gui toi|vua|moi|nhan duoc|ve may|hien|minh|em|con|chau|me|bo|bac"
    r"|co|la"
    r"|is|ne|day|my|got|nay)\b"
)
OTHER_CODE = re.compile(
    r"(?:ma|code) (?:so|de\b|bai|lop|phong|ho so|hs|hoc sinh|sinh vien|sv|vung|tinh|buu|zip|qr|vach|don|van don"
    r"|san pham|hang"
    r"|giam gia|mau|nguon|truong|xa|huyen|quan|mon|nganh|khach|kh\b|hop dong|thue|tra cuu|moi|khoa|tham gia"
    r"|nhom|ho\b|hoa don"
    r"|cong to|diem|may\b|thiet bi|the\b|ban\b|luong|chuong|quoc gia|nuoc|unicode|ascii|lenh|phieu|tai san|don "
    r"vi|thu tuc"
    r"|dich vu|dinh danh|hoc phan|tai lieu|hex|mau|cua (?:ho so|lop|de|bai|don|sach|phong|san pham)|sach|video)"
)
_OTHER_NUMBERS = at_border(
    r"ma ho so|so ho so|ho so|ma so thue|mst|ma so (?!dinh danh)\w+|ma so|ma don|don hang|van don|buu pham|sbd"
    r"|so bao danh|imei|serial|seri|isbn|ma vach|barcode|ma hoc sinh|ma hs|ma sinh vien|mssv|hoa don|bien lai|bien nhan"
    r"|ma tra cuu|ma de|ma khach hang|bhxh|bhyt|bao hiem(?: xa hoi| y te)?|ma bai|ma giao dich|ma thiet bi|ma "
    r"may|so may tinh|hop dong"
    r"|so hieu|cong van|quyet dinh|nghi dinh|d(?<!nhan d)an so|phep tinh|chu so"
)
OTHER_NUMBER = re.compile(
    rf"(?:{_OTHER_NUMBERS})\b"
    r"[\s:#\-.(]{0,4}(?:(?:la|cua|so|em|con|minh|toi|chau|me|bo|ba|cong|ty|nay|day|day|thi|dien|tu|hoc|ngay|nop"
    r"|nha|lan|don|giay|to|may)\b[\s:#\-.(]{0,4}){0,5}$"
)
LISTED = re.compile(
    r"\b(?:điểm|diem|dãy|day so|tập hợp|tap hop|đáp án|dap an|kết quả|ket qua|sắp xếp|sap xep|thứ tự|các số|cac "
    r"so|chữ số"
    r"|chu so|số liệu|bảng|tính)\b"
)
ACCOUNT_CUE = re.compile(
    r"\b(?:s[.\s]?t[.\s]?k|so tk|tk ngan hang|tk nh|so tai khoan|so tkhoan|tai khoan ngan hang|account "
    r"(?:number|no)|bank account|acc ngan hang"
    r"|so the|the (?:atm|visa|ngan hang|tin dung|ghi no)|card number)\b"
)
BANK = re.compile(
    r"\b(?:vietcombank|vcb|techcombank|tcb|mb ?bank|mb|agribank|bidv|vietinbank|ctg|acb|vp ?bank|tp ?bank"
    r"|sacombank|stb|vib|shb|hdbank"
    r"|scb|ocb|msb|eximbank|seabank|lpbank|lienvietpostbank|bac a|nam a|dong a|vietbank|abbank|pvcombank|cake"
    r"|timo|momo|zalo ?pay|viet ?tin(?: ?bank)?|viettinbank|vietcom(?: bank)?|viet com(?: ?bank)?"
    r"|te[ck]h ?com(?: ?bank)?"
    r"|agri|sacom|ky thuong|ngoai thuong|cong thuong|a chau|be i de ve|em bo|vi xi bi"
    r"|viettel ?pay|viettel money|shopee ?pay|vnpay|ngan hang|chuyen khoan|ck|bank|tk|tai khoan|banking|napas)\b"
)
# Words of banks that share letters with others: "đồng ạ" is not Đông Á, and "bác ạ" is not Bắc Á.
BANKS = meant("đông bắc nam á ngân hàng tài khoản chuyển kỹ ngoại công thương châu bê đê vê em bờ việt tín")
# "tiền quỹ các mẹ gửi vào 0.3.8…": money that is to be sent to a number
MONEY_TO = re.compile(
    r"\b(?:tien|quy|hoc phi|nhan tien|gui tien)\b(?: \w+){0,7}? (?:vao|vo|qua|toi|ve|den)(?: (?:so|stk|tk))?\W{0,2}$"
    r"|\bso (?:de )?(?:nhan|chuyen|gui) (?:tien|quy)\b(?: \w+){0,6}\W{0,3}$"
)
ACCOUNT_AFTER = re.compile(
    r"\W{0,3}(?:(?:la|do|day|nhe|nha|chinh la) ){0,2}(?:so tai khoan|stk|so tk|tai khoan ngan hang|so the)\b"
)
BREAK = re.compile(
    r"[?!;]|\b(?:tong dai|hotline|soan|phi|gia|ho so|bai|cau|trang|de thi|dau so|ngay|thang|sinh nam|ket qua"
    r"|dai|gom|la gi|lai suat|cho vay|tiet kiem)\b|\bnam (?=\d*$)"
)
MEASURED = re.compile(
    r"\s?(?:d|dong(?! a\b)|k|nghin|ngan(?! hang)|trieu|ty|ti|vnd|usd|do la|%|phut|giay|gio|chu so|ky tu|ki tu"
    r"|chu cai|lan|nguoi"
    r"|hoc sinh|diem|cau)\b"
)
SIZED = re.compile(r"\s?(?:m|cm|km|kg|g|ml|lit|mb|gb|kb|tr|trang|ban)\b")
DOSSIER_END = re.compile(r"-\d{3}(?<=[-.]\d{6}-\d{3})")  # every dossier number has it
DOSSIER = re.compile(r"(?:\d{3}\.\d\d\.)?(?:\d\d\.)?[a-z]\d{2}(?:\.\d+)*[-.]\d{6}-\d{3,6}")
# Words that make a number personal despite its earlier label: "ISBN 09… đùa thôi, số tớ đó, gọi nha".
CONFESSED = re.compile(
    r"\b(?:so|sdt|so dt|so dien thoai)(?: cua)? (?:minh|mk|em|con|to|tui|toi|tao|anh|chi|co|chu"
    r"|thay)\b(?! (?:bao nhieu|may))"
    r"|\b(?:la|thanh) (?:so dien thoai|sdt|so dt)\b|\b(?:goi|alo|call)(?: lai| di| cho)* (?:nha|nhe|nghen|di"
    r"|nghe|hen)\b"
    r"|\b(?:let|var|const) (?:sdt|phone)\b"
)
PROVED = re.compile(r"\W{0,2}(?:chia het|la (?:so|hop so|boi|uoc)|khong chia|chan|le)\b")
# "0,937… bỏ dấu phẩy là gặp": the sign is there to hide the number
UNSIGNED = re.compile(r"\bbo (?:cai |may )?(?:dau )?(?:phay|cham|gach|cong)\b")
CARD = re.compile(r"\b(?:card|visa|master ?card|amex|jcb|napas)\b")
TOGETHER = re.compile(
    at_border("ghep|noi lai|noi vao|viet lien|lien nhau|gop lai|xep lai|put (?:it|them) together", then=r"\b")
)
SUM = re.compile(r"\d\s?[+=×÷≈]")
UNITS = re.compile(
    r"[=+×÷≈]|\d(?::\d|/\d)|"
    + at_border(
        "giờ|phút|ngày|tháng|tuổi|trang|câu|lớp|điểm|đồng|kg|km|cm|m|mã|đề|sbd|bài|gio|phut|ngay|thang|tuoi|cau|lop"
        "|diem",
        then=r"\b",
    )
)
DATED = re.compile(r"(?<!\d)\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}/\d{1,2}|\d:\d")
GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")

BACKWARDS = re.compile(r"\b(?:nguoc|tu cuoi len|tu phai qua|revers\w*|backwards?)\b")
PHONE_AFTER = re.compile(
    r"\W{0,3}(?:(?:la|do|day|nhe|nha|ne) ){0,2}(?:so|sdt|dt)(?: dien thoai| dt)?(?: cua)? (?:minh|mk|em|con"
    r"|chau|me|bo|ba|to|tui|toi)\b"
)
SENDING = meant("gửi nhắn nhận báo nhảy hiện máy tới đến về")
SENT = re.compile(
    r"\b(?:no|may|he thong|ngan hang) (?:gui|nhan|bao|nhay|hien) (?:roi|ne)\W{0,3}$"
    r"|\b(?:gui|nhan|bao|nhay|hien) (?:ve|toi|den|len|qua)(?: (?:may|dt|dien thoai|cho))?(?: (?:em|con|minh|to"
    r"|chau|me|bo|ba|bac))?\W{0,3}$"
)

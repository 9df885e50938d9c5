"""Says what is wrong in the words of the form: its readers see fields and never the text behind them."""

import re
from collections.abc import Callable

_N = re.compile(r"\d+")
_NAME = re.compile(r"^“[\w.-]+” ")
_OPTION = re.compile(r" “(?:[a-z0-9-]+)” cần lời giải thích")


def _number(say: str) -> str:
    found = _N.findall(_NAME.sub("", say))
    return found[0] if found else ""


_BY_CODE: dict[str, str | Callable[[str], str]] = {
    "missing": "chưa điền ô này",
    "string-too-long": lambda say: f"dài quá; nhiều nhất {_number(say)} ký tự",
    "string-too-short": lambda say: f"ngắn quá; ít nhất {_number(say)} ký tự",
    "too-short": lambda say: (
        f"cần ít nhất {_number(say)} câu hỏi" if "“questions”" in say else f"cần ít nhất {_number(say)} mục"
    ),
    "too-long": lambda say: f"nhiều quá; nhiều nhất {_number(say)} mục",
    "literal-error": "chọn một trong các mục có sẵn",
    "string-pattern-mismatch": "chỉ dùng chữ thường không dấu, số và gạch nối",
    "int-type": "chỉ ghi số, như 10",
    "date-type": "ghi ngày kiểu 2026-11-24",
    "greater-than-equal": lambda say: f"nhỏ nhất là {_number(say)}",
    "less-than-equal": lambda say: f"lớn nhất là {_number(say)}",
    "correct": lambda say: _correct(say),
    "feedback": lambda say: (
        "câu sai nào cũng cần lời nói vì sao chưa đúng"
        if _OPTION.search(say)
        else "thêm lời nói với người trả lời chưa đúng"
    ),
    "screen-part": "chọn phần này là gì",
    "screen-marks": lambda say: (
        "nhiều nhất ba dấu trong một hình; bớt dấu hoặc tách bước"
        if say.startswith("nhiều nhất")
        else "số của các dấu phải là 1, 2, 3 theo thứ tự từ trên xuống"
    ),
    "icon": "chọn một hình nhỏ trong danh sách",
    "step-title": "bước chưa có tên",
    "step-id": "mã bước trùng hoặc sai; đổi tên bước",
    "step-count": "bài cần từ 2 đến 16 bước",
    "two-acts": "bước này bảo làm nhiều hơn một việc; tách bước, hoặc viết lại thành một việc",
    "no-screen": "bước này bảo nhìn hoặc chạm mà chưa có hình; bấm “Thêm hình”",
    "no-checkpoint": "bài chưa có câu hỏi nào; thêm câu hỏi vào ít nhất một bước",
    "no-stuck": "bài chưa có lời nhờ giúp: người bị kẹt không có sẵn câu để gửi",
    "stuck": "bước này có hai lời nhờ giúp; giữ một",
    "danger": "lỗi nguy hiểm nên chọn bài an toàn dạy điều này",
    "source": "nguồn cần địa chỉ, hoặc nơi đăng cùng tên bài, ngày hay số hiệu",
    "link": lambda say: (
        "địa chỉ bắt đầu bằng https://"
        if say.startswith("url")
        else say.replace("lesson:ma-bai", "(lesson:mã-bài)").replace("step:ma-buoc", "(step:mã-bước)")
    ),
    "sources": "bài về dịch vụ công cần ít nhất một nguồn",
    "alt": "hình cần lời tả, hoặc đánh dấu “Chỉ để trang trí”",
    "family": "bài có bước của con hoặc của ba mẹ thì cần mục “Dạy lại cho con”",
    "media-unused": "hình này chưa có bước nào dùng",
    "skill": "chọn một kỹ năng trong danh sách",
    "requires": "chọn bài trong danh sách",
    "path": "chọn một lộ trình trong danh sách",
    "picture-unknown": "chọn một hình trong danh sách",
    "back-to": "bước phải xem lại không còn trong bài; chọn bước khác",
    "origin": "chọn một bước cùng bài mà không tách ra từ đâu cả",
    "quiz-step": "chọn một bước của bài",
    "see": "chọn một bài của lộ trình an toàn số",
    "fact": "số liệu này không có trong danh sách; xem “Số có sẵn để chèn”",
    "order": "chỗ này đã có bài khác; đổi số ở “Chỗ trong lộ trình”",
    "cycle": "“Cần học trước” đi vòng: bài này lại cần chính nó",
    "overdue": "quá ngày phải đọc lại; đọc lại cả bài rồi gửi người thứ hai",
    "audience": "lộ trình dành cho cán bộ: nên chọn “cán bộ”",
    "unwritten": "chỗ này còn chờ viết; thay bằng lời của bài",
    "unreviewed": "",
    "unverified": "",
    "no-quiz": "",
    "number": lambda say: say.split(":", 1)[0] + ": chọn mã trong “Số có sẵn để chèn”, hoặc bỏ số này",
}


def _correct(say: str) -> str:
    if "order" in say:
        return "cần ít nhất hai việc, viết theo thứ tự đúng"
    if "type" in say:
        return "mọi lựa chọn là một cách gõ đúng: đánh dấu “Câu này đúng” ở tất cả"
    if "ít nhất hai" in say:
        return "đánh dấu ít nhất hai câu là câu đúng, và chừa ít nhất một câu sai"
    if "single" in say:
        return "đánh dấu đúng một câu là câu đúng, và cần ít nhất một câu sai"
    return "đánh dấu ít nhất một câu là câu đúng"


def plain(code: str, say: str) -> str:
    """Returns a sentence for the form, or an empty text where the form has nothing to do about it."""
    found = _BY_CODE.get(code, say)
    said = found(say) if callable(found) else found
    return said[:1].upper() + said[1:] + ("" if not said or said.endswith((".", "?", "!")) else ".")

"""Phrases that a unit may take over and change, by the language of the page that offers them.

They are no texts of the interface: English has no forms of address, so its blanks differ.
"""

STARTER_PHRASES: dict[str, tuple[str, ...]] = {
    "vi": (
        "Chào {tên}! {mình} ở đây để giúp {bạn}.",
        "{bạn} đang ở màn hình nào? {bạn} đọc giúp {mình} dòng chữ trên cùng nhé.",
        "{bạn} cứ làm từ từ, {mình} chờ được.",
        "{bạn} làm được bước này chưa?",
        "{bạn} thử bấm nút quay lại một lần rồi nói {mình} biết thấy gì.",
        "Chỗ này ai cũng dễ nhầm, không sao đâu. Mình thử lại từ đầu nhé.",
        "Mã xác nhận và mật khẩu là của riêng {bạn}. {bạn} đừng gửi vào đây, {mình} không cần biết.",
        "{bạn} chụp màn hình gửi vào đây được không? Nhớ che số căn cước và mã xác nhận.",
        "{mình} chưa chắc chỗ này. {mình} hỏi thầy cô hoặc điều phối viên rồi trả lời {bạn}.",
        "{bạn} nhắc lại giúp {mình} các bước vừa làm nhé.",
        "{bạn} làm tốt lắm! Lần sau {bạn} tự làm được rồi.",
        "Hôm nay tới đây nhé. Cần thêm thì {bạn} bấm Nhờ giúp, {mình} hoặc người khác sẽ vào.",
    ),
    "en": (
        "Hello {name}! I'm here to help you.",
        "Which screen are you on? Please read me the line at the top.",
        "Take your time, I can wait.",
        "Did this step work for you?",
        "Press the back button once and tell me what you see.",
        "Everybody gets this part wrong at first, never mind. Let's try again from the start.",
        "Codes and passwords are yours alone. Please don't send them here, I don't need them.",
        "Could you send a screenshot here? Please cover ID numbers and codes.",
        "I'm not sure about this. I'll ask a teacher or the coordinator and come back to you.",
        "Could you tell me again which steps you have just done?",
        "Well done, {name}! Next time you can do it yourself.",
        "That's it for today. If you need more, press Ask for help, and I or another helper will come.",
    ),
}

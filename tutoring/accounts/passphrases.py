"""Generates four-word Vietnamese passphrases and one-time codes."""

import secrets

from tutoring.accounts.password_rules import check_rules
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import fold

# Short, common words that are harmless in every reading and easy to type. Words equal without accents count once.
_LIST = """
    bàn ghế sách vở bút thước cặp bảng lớp trường sân cây lá hoa quả cam quýt xoài mít ổi chuối dứa dừa mận nho táo
    lúa gạo ngô khoai sắn đậu bí bầu cà hành tỏi ớt gừng mèo chó gà vịt ngan trâu bò dê cừu ngựa voi hổ khỉ thỏ nhím
    sóc rùa ếch cá tôm cua ốc ong kiến sáo cò sông suối biển hồ núi đồi rừng cỏ đá cát mưa nắng gió mây sấm trăng sao
    trời đất đường cầu nhà cửa mái tường sàn phòng bếp giếng vườn ao thuyền xe tàu đò nón áo quần mũ giày dép khăn gối
    chăn màn đèn nến chén bát đũa thìa nồi chảo ấm ly cốc kem bánh kẹo chè phở bún cháo xôi cơm đỏ xanh vàng tím nâu
    hồng trắng đen to nhỏ cao thấp dài ngắn tròn vuông mới vui hiền khoẻ nhanh chậm sớm trưa chiều tối
    mắt tai mũi miệng răng tay vai lưng tóc cành rễ hạt mầm gốc rơm sen súng lan mai cúc huệ bàng tre trúc thông khế
    na sim vải nhãn lựu mướp rau lạc vừng tiêu riềng sả quế hồi chanh muối mắm dầu bột sữa trứng mì nem giò canh súp mứt
    sóng đảo vịnh thác khe hang lửa khói sương băng sét vồng ánh bóng ngày tuần tháng năm mùa xuân thu đông chuông
    trống đàn kèn còi cờ diều dây lưới phao búa kìm cưa đinh thang xô thùng chổi lược gương kim chỉ len lụa bông giấy
    mực phấn tẩy tranh thư tem hộp túi khoá chìa quạt máy loa mát lạnh nóng êm mềm cứng nặng nhẹ đầy rộng sâu thơm ngọt
    chua cay khô sạch đẹp xinh ngoan giỏi chăm hươu nai cáo gấu sói báo heo nghé cún công vẹt hạc én ngỗng sếu tằm nhện
    ve sứa trai nghêu hàu đom đóm lá dâu chum vại nong nia sàng chày cối giỏ rổ mẹt vòng nhẫn ghim cúp huy hiệu ghép vẽ
    hát múa chạy nhảy bơi leo trèo cười đọc viết nghe nhìn nấu may trồng tưới quét gói xếp giúp
""".split()  # noqa: SIM905
WORDS = tuple({fold(word): word for word in _LIST}.values())
_chance = secrets.SystemRandom()


def new_passphrase(*personal: str) -> str:
    """Generates four different random words: 32 bits, protected by the sign-in rate limit.

    The result always passes the password rules: words of the owner's name or common passwords would leave too little.
    """
    while True:
        phrase = " ".join(_chance.sample(WORDS, 4))
        try:
            check_rules(phrase, *personal, staff=True)
        except InvalidInput:
            continue
        return phrase


def new_code(length: int = 8) -> str:
    """Generates a one-time code without letters that look alike."""
    return "".join(secrets.choice("ABCDEFGHJKMNPQRSTUVWXYZ23456789") for _ in range(length))

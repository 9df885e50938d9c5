"""What features of a pair and reasons for being without one are called; msgids, translated where they are shown."""

from tutoring.kernel.text import N_

FEATURE_WORDS = {
    "level": N_("mức kỹ năng"),
    "cover": N_("biết đúng việc được nhờ"),
    "time": N_("nhiều giờ cùng rảnh"),
    "grade": N_("khoảng cách lớp"),
    "lang": N_("cùng ngôn ngữ"),
    "place": N_("cùng trường, cùng phường"),
    "device": N_("quen loại máy của người học"),
    "rating": N_("được người học đánh giá"),
    "gender": N_("mong muốn về giới"),
    "cont": N_("đã học cùng nhau"),
    "load": N_("còn rảnh trong tuần"),
}

BECAUSE_WORDS = {
    "1": N_("Chưa có ai ở đây có kỹ năng này ở mức cần."),
    "2": N_("Chưa có ai nói cùng ngôn ngữ."),
    "3": N_("Chưa có ai ở tuổi hoặc lớp được phép giúp."),
    "4": N_("Người giúp được thì một trong hai bên không muốn gặp."),
    "5": N_("Người giúp được đã đủ người trong tuần."),
    "6": N_("Không có giờ nào cùng rảnh đủ 45 phút."),
    "places": N_("Người giúp được đã có người khác cần hơn trong đợt này."),
    "times": N_("Giờ cùng rảnh đã dành cho người khác trong đợt này."),
}

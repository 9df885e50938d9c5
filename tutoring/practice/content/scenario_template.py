"""The template of a new scenario.

Unwritten parts are marked, and the check rejects the scenario while a mark is left.
"""

import json
from pathlib import Path

from tutoring.lessons.content.lint import TO_WRITE

# «…» marks a text that must be written in both languages.
_LAYOUT = """schema: 1
id: @id@
version: 1
training_only: true
title: {vi: @title@, en: "@todo@ tên bài bằng tiếng Anh."}
summary: «tập xong thì làm được gì.»
lesson: @lesson@
skills: [@skill@]
order: @order@
minutes: 10
authors: ["Nhóm nội dung"]
based_on:
  procedure: «tên thủ tục thật.»
  url: https://dichvucong.gov.vn/
  prepare:
    - «làm thật thì cần có sẵn gì.»
unverified:
  - "@todo@ điều chưa ai kiểm tra được. Không có thì xoá hai dòng này."
persona:
  ho_ten: {label: {vi: "Họ và tên", en: "Full name"}, value: "Nguyễn Thị Tập"}
  so_dinh_danh: {label: {vi: "Số định danh (số mẫu)", en: "Personal number (sample)"}, value: "000000000000"}
clock: {start: 2026-09-07}
start: mo-dau
screens:
  mo-dau:
    title: «tên màn hình đầu.»
    text:
      - «người học đang ở đâu, cần làm gì.»
    fields:
      - id: chon
        type: choice
        required: true
        label: «câu hỏi của ô.»
        coach: «mẹo ngắn cho chỗ dễ phân vân.»
        options:
          - {id: dung, text: «lựa chọn đúng.»}
          - {id: sai, text: «lựa chọn sai.», say: «vì sao chưa đúng.»}
    actions:
      - {id: tiep, label: «chữ trên nút đi tiếp.», to: to-khai}
      - {id: nham, label: «chữ trên nút dễ bấm nhầm.», to: nham, wrong: true}
  nham:
    title: «tên màn hình của lối nhầm.»
    text:
      - «nhầm ở đâu, quay lại thế nào.»
    actions:
      - {id: quay-lai, label: «chữ trên nút quay lại.», to: mo-dau, leaves: true}
  to-khai:
    title: «tên tờ khai.»
    fields:
      - id: ten
        type: text
        required: true
        label: {vi: "Họ và tên", en: "Full name"}
        coach: {vi: "Gõ đúng như trên thẻ nhân vật, có dấu.", en: "Type it as on the card, with all marks."}
        rules: [{equals_persona: ho_ten}]
    actions:
      - {id: nop, label: «chữ trên nút nộp.», to: theo-doi, emit: nop}
  theo-doi:
    title: «tên trang theo dõi.»
    shows:
      - {label: {vi: "Mã hồ sơ", en: "Code"}, text: {vi: "{dossier}", en: "{dossier}"}}
      - {label: {vi: "Trạng thái", en: "Status"}, text: {vi: "{state}", en: "{state}"}}
      - {label: {vi: "Hôm nay trong bài tập", en: "Today in the rehearsal"}, text: {vi: "{date}", en: "{date}"}}
    trap:
      id: ke-lua
      place: call
      text: «lời của kẻ lừa.»
      options:
        - {id: tin, bad: true, text: «làm theo lời họ.», say: «vì sao đó là lừa đảo.», to: hau-qua}
        - {id: dung-lai, text: «cách dừng lại.», say: «vì sao như vậy là đúng.»}
    actions:
      - id: hom-sau
        label: {vi: "Sang ngày hôm sau", en: "Go to the next day"}
        to: theo-doi
        advance_days: 1
        when: {dossier_in: [da-gui]}
        coach: {vi: "Chưa có gì phải làm: chờ rồi xem lại.", en: "Nothing to do yet: wait, then look again."}
      - {id: nhan, label: «chữ trên nút nhận kết quả.», to: ket-thuc, emit: nhan, when: {dossier_in: [xong]}}
  hau-qua:
    title: «tên màn hình hậu quả.»
    place: phone
    text:
      - «điều gì vừa xảy ra, gỡ lại ra sao.»
    actions:
      - {id: ve, label: «chữ trên nút quay về.», to: theo-doi}
  ket-thuc:
    title: «tên màn hình cuối.»
    final: true
    text:
      - «vừa làm được gì.»
dossier:
  initial: nhap
  states:
    nhap: {status: chua-nop}
    da-gui:
      status: moi-dang-ky
      explain: «hồ sơ đang ở đâu.»
      next_in_days:
        2: [{to: xong}]
    xong:
      status: da-xu-ly-xong
      explain: «kết quả ra sao.»
    da-nhan: {status: da-tra-ket-qua}
  on:
    nop: [{from: [nhap], to: da-gui}]
    nhan: [{from: [xong], to: da-nhan}]
goals:
  nop-xong: {text: «điều làm được thứ nhất.», met: {dossier_seen: da-gui}}
  nhan-ket-qua: {text: «điều làm được thứ hai.», met: {all: [{screen: ket-thuc}, {dossier_in: [da-nhan]}]}}
walks:
  suon-se:
    - {set: chon, value: dung}
    - {do: tiep}
    - {set: ten, value: "Nguyễn Thị Tập"}
    - {do: nop}
    - {choose: dung-lai}
    - {do: hom-sau}
    - {do: hom-sau}
    - {do: nhan}
  di-nham-roi-ve:
    - {set: chon, value: dung}
    - {do: nham}
    - {do: quay-lai}
    - {do: tiep}
    - {set: ten, value: "nguyễn thị tập"}
    - {do: nop}
    - {choose: dung-lai}
    - {do: hom-sau}
    - {do: hom-sau}
    - {do: nhan}
  mac-bay:
    - {set: chon, value: dung}
    - {do: tiep}
    - {set: ten, value: "Nguyễn Thị Tập"}
    - {do: nop}
    - {choose: tin}
    - {do: ve}
"""


def text_of(id: str, title: str, lesson: str, skill: str, order: int) -> str:
    """Returns the file of a new scenario."""
    text = _LAYOUT.replace("«", '{vi: "@todo@ ').replace("»", '", en: "@todo@ bản tiếng Anh."}')
    told = {"id": id, "lesson": lesson, "skill": skill, "order": str(order), "todo": TO_WRITE}
    for name, value in told.items():
        text = text.replace(f"@{name}@", value)
    return text.replace("@title@", json.dumps(title, ensure_ascii=False))  # last: a title may hold placeholders


def lay_out(folder: Path, id: str, title: str, lesson: str, skill: str, order: int) -> Path:
    """Creates the file of a new scenario in a folder like content/; raises FileExistsError."""
    file = folder / "scenarios" / f"{id}.yml"
    file.parent.mkdir(exist_ok=True)
    with file.open("x", encoding="utf-8") as out:
        out.write(text_of(id, title, lesson, skill, order))
    return file

"""The template of a new lesson.

Unwritten parts are marked, and the check rejects the lesson while a mark is left.
"""

import json
from pathlib import Path

from tutoring.lessons.content.lint import TO_WRITE
from tutoring.lessons.content.quiz_file import POOL

_STEP = """
## {title} {{#{id}}}

**Mục tiêu:** {todo} làm xong thì được gì.

{todo} một việc cần làm.
{picture}
**Tìm:** {todo} dấu mốc trên màn hình, kèm “hoặc chữ tương tự”.

**Làm đúng thì:** {todo} thấy gì là đúng.

**Nếu chưa được:** {todo} làm gì tiếp.

```checkpoint
id: c{n}
kind: single
prompt: "{todo} câu hỏi?"
options:
  - {{id: a, text: "{todo} câu đúng", correct: true}}
  - {{id: b, text: "{todo} câu sai", say: "{todo} vì sao chưa đúng.", back_to: {id}}}
hints: ["{todo} gợi ý nhẹ.", "{todo} gợi ý rõ hơn."]
```
```mistakes
- {{wrong: "{todo} điều hay nhầm", fix: "{todo} cách đúng."}}
```
```stuck
ask: "{todo} yêu cầu giúp, giọng người học."
topic: {skill}
```
"""
_HEAD = """---
schema: 1
id: {slug}
version: 1
lang: vi
title: {title}
summary: "{todo} học xong làm được gì."
path: {path}
order: {order}
level: 1
minutes: 10
audience: [nguoi-dan]
devices: [dien-thoai]
requires: []
teaches: [{skill}]
aliases: []
licence: CC-BY-4.0
authors: [{author}]
sources: []
{media}
review: {{by: "", every_days: 180}}
---
"""
_MEDIA = """media:
  - {{id: m1, file: {file}, alt: "{todo} lời tả hình"}}"""
_QUESTION = """  - id: q{n}
    step: buoc-1
    kind: single
    prompt: "{todo} câu hỏi {n}?"
    options:
      - {{id: a, text: "{todo} câu sai", say: "{todo} vì sao."}}
      - {{id: b, text: "{todo} câu đúng", correct: true}}
      - {{id: c, text: "{todo} câu sai", say: "{todo} vì sao."}}
"""
_PICTURE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 200"
 font-family="'Be Vietnam Pro', system-ui, sans-serif" font-size="15" fill="#14213d">
<rect width="320" height="200" rx="12" fill="#f3f6fb"/>
<text x="160" y="105" text-anchor="middle">Vẽ hình ở đây</text>
</svg>
"""


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def text_of(
    slug: str, title: str, path: str, order: int, skill: str, author: str = "Nhóm nội dung", picture: str = ""
) -> str:
    """Returns the vi.md of a new lesson. `picture` is the file name of its first picture."""
    fill = {"slug": slug, "path": path, "order": order, "skill": skill, "todo": TO_WRITE, "author": _quoted(author)}
    media = _MEDIA.format(file=picture, todo=TO_WRITE) if picture else "media: []"
    text = _HEAD.format(title=_quoted(title), media=media, **fill)
    for n in (1, 2):
        shown = "\n![](media:m1)\n" if picture and n == 1 else ""
        text += _STEP.format(
            n=n, id=f"buoc-{n}", title=f"{TO_WRITE} tên bước {n}", picture=shown, skill=skill, todo=TO_WRITE
        )
    return text


def lay_out(folder: Path, slug: str, title: str, path: str, order: int, skill: str) -> Path:
    """Creates the files of a new lesson in a folder like content/; raises FileExistsError."""
    lesson = folder / "lessons" / slug
    (lesson / "media").mkdir(parents=True)
    (lesson / "vi.md").write_text(text_of(slug, title, path, order, skill, picture="hinh.svg"), "utf-8")
    questions = "".join(_QUESTION.format(n=n, todo=TO_WRITE) for n in range(1, POOL + 1))
    (lesson / "quiz.yml").write_text(f"schema: 1\nquestions:\n{questions}", "utf-8")
    (lesson / "media" / "hinh.svg").write_text(_PICTURE, "utf-8")
    return lesson

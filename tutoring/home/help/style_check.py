"""Style rules of a help page: short sentences, no outdated terms, no numbers that change."""

from tutoring.lessons.content import lint, markdown
from tutoring.lessons.content.diagnostics import Diagnostics, line_at
from tutoring.lessons.content.lesson_parser import ParsedFile

MAX_SYLLABLES = 650


def body(raw: ParsedFile) -> str:
    """Returns the text below the front matter."""
    return "\n".join(raw.text.split("\n")[raw.before :])


def check(raw: ParsedFile, lang: str, notes: Diagnostics) -> None:
    """Notes what must not be on a page, and what is too long."""
    if lang == "vi":
        for offset, say in lint.old_words(raw.text):
            notes.fault(line_at(raw.text, offset), "old-word", say)
    for offset, say in lint.unwritten(raw.text):
        notes.fault(line_at(raw.text, offset), "unwritten", say)
    text, total = body(raw), 0
    for offset, _say in lint.numbers(text):
        say = "không ghi số tiền hay số điện thoại ở đây; số khẩn cấp đứng cuối mỗi trang trợ giúp"
        notes.fault(raw.before + line_at(text, offset), "number", say)
    for step in raw.steps:
        for at, words in [(step.line - raw.before - 1, step.title), *markdown.plain(step.tokens)]:
            total += lint.syllables(words)
            count, line = lint.count_longest_sentence(words), raw.before + at + 1
            if count > lint.MAX_SENTENCE_SYLLABLES:
                say = f"câu dài {count} tiếng; nhiều nhất {lint.MAX_SENTENCE_SYLLABLES}, hãy tách câu"
                notes.fault(line, "long-sentence", say)
            elif count > lint.LONG_SENTENCE:
                notes.warn(line, "long-sentence", f"câu dài {count} tiếng; nên từ {lint.LONG_SENTENCE} trở xuống")
    if total > MAX_SYLLABLES:
        notes.fault(
            raw.before + 1, "too-long", f"trang dài {total} tiếng; nhiều nhất {MAX_SYLLABLES}, hãy bớt hoặc tách"
        )

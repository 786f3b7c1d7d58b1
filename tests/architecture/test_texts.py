"""Every text of kmsvc is there in Chinese and in English, whole, and Chinese stands in the catalogue only."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import Message
from jinja2 import Environment
from jinja2.lexer import TOKEN_COMMENT

from kmsvc.app import make_database
from kmsvc.core.texts import Labelled
from kmsvc.notices.kinds import KINDS
from kmsvc.notices.wording import line, mail_text
from kmsvc.process.changes.rules import State
from kmsvc.registry import load_nouns
from kmsvc.settings import Settings
from tools import texts

ROOT = Path(__file__).resolve().parents[2]
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
NAMED = re.compile(r"%\((\w+)\)[sd]|(?<![%{])\{(\w+)\}")
HAN_AND_MARKS = r"[\u4e00-\u9fff，。：；！？、（）《》“”]"
LATIN_BESIDE_HAN = re.compile(  # a space before a name or a label parts two Chinese words
    rf"{HAN_AND_MARKS} (?:[A-Za-z0-9{{]|%(?!\((?:label|name|step_label)\)))|[A-Za-z0-9}})] {HAN_AND_MARKS}")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]")
# of a character class, or of a day's pattern
RANGE_OR_DATE = re.compile(r".-.|[yMd]\u5e74|[Md]\u6708|d\u65e5|\.[\u5e74\u6708]\]|\u65e5\?")
BLOCK_MARK = re.compile(r"`[^`]*`|:{3} ?(?:say|internal|secret)?")
SEARCH_TERMS = ROOT / "kmsvc/search"  # words that search is made of
DEMO = ROOT / "kmsvc/demo"
SAMPLE = {
    "who": "B. Person", "remark": "Ask the night shift.", "total": 2765, "most": 3540,
    "passed_on": "2026-03-01", "starts_on": "2026-03-02", "ends_on": "2026-03-20",
    "number": "CR-2026-0118", "title": "Refund within 5 days", "course": "Refund cases", "version": "3.3", "step": 7,
    "effective_on": "2026-12-15", "held_on": "2026-12-10", "due_on": "2026-12-05", "opens_on": "2026-12-07", "time": "09:00",
    "minutes": 45, "rows": 3, "count": 3, "late": 2, "period": "2026-03", "query": "money back",
    "read": 14, "asked": 16, "sign": {"enum": "health_sign", "code": "review_late"},
    "audit": "PA-2026-0001", "theme": "Shorter waiting for refunds", "update": "3", "withdraw": "1",
    "review": "KR-2026-0001", "year": 2026, "gap": "GAP-2026-0007", "twin": "KB-0412", "reason": "Ask the shop.",
    "feedback": "FB-2026-0007", "said": {"enum": "feedback_kind", "code": "wrong"},
    "outcome": {"enum": "feedback_state", "code": "done"}, "proposal": "PR-2026-0003", "person": "A. Person", "coach": "A. Coach",
    "why_label": {"enum": "question_why", "code": "negative"}, "text": "80 % passed.", "appeal": "AP-2026-0003", "quarter": 2,
    "thing": "LES-0001", "owner": "B. Person", "form": "A form", "event": "CR-2026-0118", "people": 3, "change": "CR-2026-0118",
    "proof": "C-2026-7", "trained": 92, "name": "First days", "when": "2026-12-07 09:30", "room": "Room A",
    "level": {"enum": "licence_level", "code": "candidate"}, "until": "2027-11-30",
    "step_label": {"enum": "change_state", "code": "final1"}, "state_label": {"enum": "change_state", "code": "released2"},
    "clause": "42", "from_on": "2026-03-01", "until_on": "2026-03-15", "login": "guest-a",
}


def messages(language: str) -> list[Message]:
    """The texts of a catalogue, without its head."""
    return [message for message in texts.read(language) if message.id]


def forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    """A text as a list: its only form, or each plural form."""
    return [text] if isinstance(text, str) else list(text)


def places(text: str) -> set[str]:
    """The names a text leaves open."""
    return {one or other for one, other in NAMED.findall(text)}


def labelled(kind: type[Labelled] = Labelled) -> Iterator[type[Labelled]]:
    """Every list of codes with labels."""
    for below in kind.__subclasses__():
        yield below
        yield from labelled(below)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_text_in_code_and_templates_is_translated_and_none_is_fuzzy(language: str) -> None:
    assert list(texts.faults(texts.extract(), language)) == []


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_r_c4_both_sides_of_a_translation_leave_the_same_places_open(language: str) -> None:
    """R-C4: a place that only one side names would stay empty, or break the sentence."""
    wrong = [message.id for message in messages(language)
             for form in forms(message.string) if places(form) != places(forms(message.id)[-1])]
    assert wrong == []


def test_english_is_what_the_source_says() -> None:
    assert [message.id for message in messages("en")
            if [form.strip() for form in forms(message.string)] != [form.strip() for form in forms(message.id)]] == []


def test_every_label_of_a_code_is_in_the_chinese_catalogue() -> None:
    load_nouns()
    catalogue = texts.read("zh_Hans_CN")
    missing = []
    for kind in labelled():
        for member in kind:
            found = catalogue.get(member.label)
            if not member.label or found is None or not HAN.search(str(found.string)):
                missing.append(f"{kind.__module__}.{kind.__name__}.{member.name}")
    assert missing == []


def test_chinese_is_set_without_spaces_beside_latin_letters_and_with_full_width_marks() -> None:
    """The style sheet puts the thin space between Han and Latin; a mark between Chinese words is a Chinese one."""
    wrong = [form for message in messages("zh_Hans_CN") for form in forms(message.string)
             if LATIN_BESIDE_HAN.search(form) or HALF_WIDTH.search(BLOCK_MARK.sub("", form)) or "您" in form]
    assert wrong == []


def test_the_terms_of_the_field_are_the_ones_a_chinese_centre_uses() -> None:
    fixed = {
        "Change requests": "变更申请", "First draft": "制作初稿", "Initial review": "初审", "Correction": "修正",
        "Approved final (1st)": "审核后终稿（第一次）", "Mail release": "邮件发布", "EKM update": "EKM更新",
        "Deploy training": "部署培训", "Training sit-in": "旁听培训", "Live sampling check": "在线抽检",
        "QA test feedback": "质检测试反馈", "Feedback update": "反馈更新", "Name process assistants": "确定流程协助人",
        "Needs research": "需求调研", "Request received": "收到需求", "Business owner": "业务负责人", "Agent": "坐席",
        "Team leader": "班长", "Class teacher": "班主任", "Read and confirm": "读完确认", "Approve and sign": "批准并签名",
        "Send back for correction": "退回修正", "Propose a change": "提变更", "Processes": "流程", "Knowledge": "知识",
    }
    catalogue = texts.read("zh_Hans_CN")
    assert {source: catalogue[source].string for source in fixed} == fixed


def literals(path: Path) -> Iterator[str]:
    """The strings of a Python file, without docstrings and comments."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {id(node.body[0].value) for node in ast.walk(tree)
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
            and node.body and isinstance(node.body[0], ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def test_no_chinese_word_is_written_in_code() -> None:
    """Words people read are English in the source; the demo's own content and date patterns are what it is about."""
    found = []
    for path in sorted((ROOT / "kmsvc").rglob("*.py")):
        if DEMO in path.parents or SEARCH_TERMS in path.parents:
            continue
        found += [f"{path.relative_to(ROOT)}: {text!r}" for text in literals(path)
                  if HAN.search(RANGE_OR_DATE.sub("", text))]
    assert found == []


def test_no_chinese_word_is_written_in_a_template() -> None:
    lexer = Environment(autoescape=True).lexer
    found = []
    for path in sorted((ROOT / "kmsvc/templates").rglob("*")):
        if path.suffix not in (".html", ".txt"):
            continue
        inside = False
        for line_no, token, value in lexer.tokeniter(path.read_text(encoding="utf-8"), path.name):
            inside = token in (TOKEN_COMMENT, "comment_begin") or (inside and token != "comment_end")
            if not inside and HAN.search(value):
                found.append(f"{path.relative_to(ROOT)}:{line_no}: {value.strip()[:40]!r}")
    assert found == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_notice_and_its_mail_speak_both_languages(kind: str, tmp_path: Path) -> None:
    """Words, days and labels are filled in; the Chinese says nothing in English but what the parameters brought."""
    make_database(Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'kmsvc.db'}", secret_key="k" * 40,
                           base_url="http://localhost"))
    for language in texts.LANGUAGES:
        inbox = line(kind, SAMPLE, language)
        subject, body = mail_text(kind, SAMPLE, language, "http://localhost/x", "A. Person")
        for text in (inbox, subject, body):
            assert "%(" not in text and "{'enum'" not in text and "change_state" not in text, text
        chinese = bool(HAN.search(inbox)) and bool(HAN.search(subject)) and bool(HAN.search(body))
        assert chinese == (language == "zh_Hans_CN"), inbox
        assert str(SAMPLE["title"]) not in subject
    assert State.FINAL1.label not in line(kind, SAMPLE, "zh_Hans_CN")

"""The demo's texts: enough of them, all different, all whole, and nobody's but ours (frontend.md 5)."""

import json
import re
from collections import Counter
from dataclasses import asdict
from datetime import date
from itertools import islice

import pytest

from kmsvc.demo.content.articles import ArticleText, articles, categories
from kmsvc.demo.content.changes import END_STATES, STEP_STATES, ChangeStory, changes
from kmsvc.demo.content.files import DATA
from kmsvc.demo.content.people import centre
from kmsvc.demo.content.processes import SECTIONS, processes, replace_each
from kmsvc.demo.content.searches import FEEDBACK, search_events
from kmsvc.demo.content.texts_en import english_articles, welcome

SEED = 20
ROLES = {
    "agent", "team_leader", "supervisor", "business_owner", "process_author", "process_manager",
    "knowledge_editor", "trainer", "class_teacher", "marker", "qa_inspector", "compliance", "auditor",
    "manager", "admin",
}  # fmt: skip
GROUPS = {"quality", "training", "production", "external", "personnel", "data", "project"}
BRANDS = (
    "中国移动", "中国电信", "中国联通", "中国广电", "淘宝", "天猫", "京东", "拼多多", "抖音", "快手", "微信",
    "支付宝", "华为", "小米", "苹果", "三星", "荣耀", "联想", "海尔", "格力", "顺丰", "圆通", "百度", "腾讯",
    "阿里", "美团", "滴滴", "爱奇艺", "微博", "小红书", "iPhone", "Android", "Samsung", "Huawei", "WeChat",
    "Alipay", "Amazon", "Google", "Microsoft",
)  # fmt: skip
LOGINS = {person.login for person in centre(SEED).people}


@pytest.fixture(scope="module")
def shelf() -> list[ArticleText]:
    """The four hundred articles of the small demo."""
    return articles(SEED)


def headings(body: str, level: int) -> list[str]:
    """The headings of one level in a Markdown text."""
    return re.findall(rf"^{'#' * level} (.+)$", body, re.MULTILINE)


def process_texts() -> list[str]:
    """Every process text a reader of the demo may meet."""
    stories = [text for s in changes() for text in (s.draft, s.corrected, s.updated) if text]
    return [version.body for process in processes() for version in process.versions] + stories


# People


def test_every_role_is_held_and_has_its_own_well_known_sign_in() -> None:
    found = centre(SEED)
    assert {role for person in found.people for role in person.roles} == ROLES
    assert set(found.sign_ins) == ROLES
    assert len(set(found.sign_ins.values())) == len(ROLES)
    for role, login in found.sign_ins.items():
        assert role in found.person(login).roles


def test_about_forty_people_sit_in_six_teams_under_one_root() -> None:
    found = centre(SEED)
    codes = {unit.code for unit in found.units}
    assert 38 <= len(found.people) <= 48
    assert sum(unit.is_team for unit in found.units) == 6
    assert [unit.code for unit in found.units if unit.parent is None] == ["CENTRE"]
    assert {unit.parent for unit in found.units if unit.parent} <= codes
    assert {person.unit for person in found.people} <= codes
    for field in ("login", "name", "email", "employee_no"):
        assert len({getattr(person, field) for person in found.people}) == len(found.people), field
    assert all(person.email.endswith(".example.test") for person in found.people)
    assert 2 <= sum(person.language == "en" for person in found.people) <= 5


# Articles


def test_the_small_demo_has_four_hundred_articles_in_twelve_categories(shelf: list[ArticleText]) -> None:
    assert len(shelf) == 400
    spread = Counter(article.category for article in shelf)
    assert set(spread) == set(categories())
    assert len(spread) == 12
    assert min(spread.values()) >= 25
    assert len(english_articles(SEED)) == 40


def test_articles_grow_to_ten_thousand_without_a_second_title() -> None:
    many = articles(SEED, 10_000)
    assert len({article.title for article in many}) == 10_000
    assert len({article.external_id for article in many}) == 10_000
    assert len({article.body for article in many}) == 10_000
    assert many[:400] == articles(SEED)


def test_more_articles_than_can_be_told_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="told apart"):
        articles(SEED, 100_000)


def test_articles_are_the_same_for_a_seed_and_differ_in_dates_for_another(shelf: list[ArticleText]) -> None:
    assert articles(SEED) == shelf
    other = articles(SEED + 1)
    assert [article.title for article in other] == [article.title for article in shelf]
    assert [article.updated_days_ago for article in other] != [article.updated_days_ago for article in shelf]


def test_every_article_is_whole(shelf: list[ArticleText]) -> None:
    for article in shelf:
        assert "{" not in article.title + article.summary + article.body, article.title
        assert article.body.startswith(":::say\n"), article.title
        assert re.search(r"^1\. ", article.body, re.MULTILINE), article.title
        assert re.search(r"^(来源：|Source: )", article.body, re.MULTILINE), article.title
        assert article.summary
        assert article.tags
        assert len(article.aliases) >= 2, article.title
        assert article.owner_login in LOGINS
        assert article.confidentiality in ("sayable", "internal", "secret")
        assert article.state in ("published", "draft", "retired", "expiring")
        assert article.language in ("zh_Hans_CN", "en")
        assert article.valid_from_days <= 0
        assert article.valid_to_days is None or article.valid_to_days > article.valid_from_days


def test_blocks_in_every_body_open_and_close_in_turn() -> None:
    for body in [article.body for article in articles(SEED, 2000)] + process_texts():
        marks = re.findall(r"^:::(\w*)$", body, re.MULTILINE)
        assert [bool(mark) for mark in marks] == [True, False] * (len(marks) // 2)
        assert set(marks) <= {"say", "internal", "secret", ""}
        assert body.count(":::") == len(marks)


def test_nothing_internal_stands_in_what_may_be_read_aloud(shelf: list[ArticleText]) -> None:
    for article in shelf:
        script = article.body.split(":::")[1]
        assert "权限" not in script, article.title
        assert "额度" not in script, article.title


def test_articles_are_as_long_as_an_agent_can_read_during_a_call(shelf: list[ArticleText]) -> None:
    lengths = [len(article.body) for article in shelf]
    assert 250 <= sum(lengths) / len(lengths) <= 900
    assert min(lengths) >= 200
    assert max(lengths) <= 1200


def test_all_states_occur_and_the_pictured_articles_bear_their_numbers(shelf: list[ArticleText]) -> None:
    by_id = {article.external_id: article for article in shelf}
    assert {article.state for article in shelf} == {"published", "draft", "retired", "expiring"}
    assert {article.confidentiality for article in shelf} == {"sayable", "internal", "secret"}
    assert by_id["KB-0412"].title == "退费标准：宽带与移动业务"
    assert by_id["KB-0412"].state == "published"
    assert by_id["KB-0377"].valid_to_days == 12
    assert by_id["KB-0533"].title.startswith("光猫灯语对照")
    assert sum(bool(article.state_note) for article in shelf) == 2


def test_an_article_s_source_is_a_section_of_the_process_it_names() -> None:
    sections = {p.code: headings(p.current.body, 3) for p in processes()}
    for article in articles(SEED, 2000):
        code, section = re.findall(r"(P-\d{3})\D+“(.+)”", article.body.splitlines()[-1])[0]
        assert section in sections[code], article.title


# Processes


def test_thirty_processes_cover_the_seven_groups_and_both_classes() -> None:
    found = processes()
    assert len(found) == 30
    assert len({process.code for process in found}) == 30
    assert len({process.name for process in found}) == 30
    assert {process.group for process in found} == GROUPS
    assert {process.klass for process in found} == {"business", "management"}
    for process in found:
        assert "business_owner" in centre(SEED).person(process.owner_login).roles, process.code
        assert process.clauses
        assert set(process.clauses) <= set(range(1, 169))


def test_every_process_text_has_its_six_sections_and_a_readable_length() -> None:
    for body in process_texts():
        assert tuple(headings(body, 2)) == SECTIONS
        assert 15 <= len(body.splitlines()) <= 42


def test_versions_differ_and_follow_one_another_in_time() -> None:
    for process in processes():
        assert 1 <= len(process.versions) <= 4
        days = [version.days_ago for version in process.versions]
        assert days == sorted(days, reverse=True), process.code
        assert len({version.body for version in process.versions}) == len(days), process.code
        assert all(version.change_note for version in process.versions)


def test_a_replacement_must_find_its_text_exactly_once() -> None:
    assert replace_each("一天", [["一", "两"]]) == "两天"
    with pytest.raises(ValueError, match="2 times"):
        replace_each("天天", [["天", "日"]])


# Changes


def test_every_step_has_a_change_standing_at_it_and_every_end_has_its_own() -> None:
    states = Counter(story.state for story in changes())
    assert set(states) == set(STEP_STATES) | set(END_STATES)
    assert states["released2"] >= 6
    assert changes()[0].title == "退费时限改为5个工作日"
    assert changes()[0].state == "final1"
    assert "需要延长的，应在第3个工作日前告知客户原因和新的时限，并登记回访。" in changes()[0].corrected


@pytest.mark.parametrize("story", changes(), ids=lambda story: story.key)
def test_a_story_holds_what_its_steps_need(story: ChangeStory) -> None:
    done = story.steps_done
    assert bool(story.process_code) != bool(story.new_process)
    assert story.urgency in ("low", "normal", "high", "emergency")
    assert {story.asker_login, story.owner_login, story.author_login, *story.assistants} <= LOGINS
    assert "process_author" in centre(SEED).person(story.author_login).roles
    assert story.owner_login != story.author_login
    if done >= 2:
        assert story.research is not None
        assert all((story.research.parties, story.research.present, story.research.gap, story.research.risk))
    if done >= 3:
        assert len(story.assistants) >= 2
        units = {centre(SEED).person(login).unit for login in story.assistants}
        assert len(units) == len(story.assistants)
    if done >= 4:
        assert story.change_note
        assert story.draft
    if done >= 5:
        assert story.comments
        assert {comment.login for comment in story.comments} <= LOGINS
    if done >= 6:
        assert all(comment.answer for comment in story.comments)
        assert story.corrected != story.draft
    if done >= 7:
        assert {story.owner_login, "liqiang"} <= set(story.sign_comments)
    if done >= 8:
        assert story.mail
    if done >= 9:
        assert story.plan
        assert all(line.units for line in story.plan)
        assert all("trainer" in centre(SEED).person(line.trainer_login).roles for line in story.plan)
    if done >= 10:
        assert story.sit_ins
        assert {note.login for note in story.sit_ins} <= {story.author_login, *story.assistants}
    if done >= 11:
        assert len(story.samples) == 5
        assert {sample.result for sample in story.samples} <= {"followed", "not_followed", "not_applicable"}
    if done >= 12:
        assert {item.route for item in story.feedback} <= {"process", "training", "operations", "individual"}
        assert story.feedback
    if done >= 13:
        assert all(item.answer for item in story.feedback)
        assert story.updated not in ("", story.corrected)
        assert story.second_note
    if done == 15:
        assert story.second_mail
        assert story.second_sign_comments
    if story.state in ("rejected", "withdrawn", "closed_no_need"):
        assert story.end_note
        assert story.end_login in LOGINS


@pytest.mark.parametrize("story", changes(), ids=lambda story: story.key)
def test_a_story_s_days_run_forward(story: ChangeStory) -> None:
    days = [story.started_days_ago, *story.step_days_ago.values()]
    assert days == sorted(days, reverse=True)
    assert list(story.step_days_ago) == list(range(1, story.steps_done + 1))
    assert days[-1] >= 1
    released = story.step_days_ago.get(8, 10_000)
    assert all(sample.days_ago <= released for sample in story.samples)
    assert all(note.days_ago <= released for note in story.sit_ins)
    if story.process_code and story.steps_done >= 8:
        base = next(process for process in processes() if process.code == story.process_code)
        assert base.current.days_ago > story.started_days_ago


def test_no_two_stories_change_the_same_process() -> None:
    codes = [story.process_code for story in changes() if story.process_code]
    assert len(codes) == len(set(codes))


def test_a_contact_number_carries_the_day_of_the_contact() -> None:
    sample = next(story for story in changes() if story.samples).samples[0]
    number = sample.contact_number(date(2026, 11, 21))
    assert re.fullmatch(r"C-202611\d\d-\d{4}", number)


# Searches


def test_searches_are_plentiful_ordered_and_the_same_for_a_seed() -> None:
    events = list(search_events(SEED))
    assert 7_900 <= len(events) <= 8_000
    clock = [(-event.days_ago, event.minute) for event in events]
    assert clock == sorted(clock)
    assert events[:500] == list(islice(search_events(SEED), 500))
    assert events[:500] != list(islice(search_events(SEED + 1), 500))
    assert {event.days_ago for event in events} == set(range(1, 85))


def test_searches_open_only_what_their_people_could_have_found(shelf: list[ArticleText]) -> None:
    findable = {
        article.external_id
        for article in shelf
        if article.state in ("published", "expiring") and article.confidentiality != "secret"
    }
    people = {person.login: person for person in centre(SEED).people}
    for event in search_events(SEED):
        assert event.article is None or event.article in findable
        assert event.feedback is None or event.feedback in FEEDBACK
        assert (event.feedback == "missing") <= (event.article is None)
        assert people[event.login].hired_days_ago > event.days_ago
        assert event.query.strip()
        assert 0 <= event.minute < 1440


def test_people_search_in_initials_in_slang_and_for_what_is_not_there() -> None:
    events = list(search_events(SEED))
    queries = Counter(event.query for event in events)
    assert queries["tfbz"] > 20
    assert queries["退钱"] > 20
    assert queries["合并开票"] > 5
    share = sum(event.article is None for event in events) / len(events)
    assert 0.05 < share < 0.2


# Everything


def test_no_brand_no_telephone_number_and_no_foreign_address_anywhere(shelf: list[ArticleText]) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(DATA.rglob("*.*"))]
    texts += [json.dumps(asdict(article), ensure_ascii=False) for article in shelf]
    assert len(texts) > 470
    for text in texts:
        assert not [brand for brand in BRANDS if brand in text]
        assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", text)
        assert not re.search(r"(?<!\d)400-?\d{3}-?\d{4}(?!\d)", text)
        assert all(host.endswith("example.test") for host in re.findall(r"@([\w.-]+\w)", text))
        assert "://" not in text


def test_the_welcome_is_english_and_names_people_who_exist() -> None:
    text = welcome()
    assert "Emma Reed" in text
    assert any(person.name == "Emma Reed" for person in centre(SEED).people)
    assert changes()[0].title in text

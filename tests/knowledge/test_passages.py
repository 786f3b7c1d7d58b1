"""The searches that opened an article are laid on the paragraphs that answer them."""

from __future__ import annotations

from collections.abc import Callable

from kmsvc.knowledge.articles.usecases import keep_article
from kmsvc.knowledge.health.passages import laid
from kmsvc.markup.blocks import identify, split
from tests.builders import make_article
from tests.knowledge.test_health import searched
from tests.support.centre import Centre
from tests.support.pages import problems

BODY = """退费说明。

## 到账时间

三到七个工作日退回原账户。

## 押金

光猫押金在退还设备后返还。

:::say
您好，到账时间是三到七个工作日。
:::
"""


def passages(*asked: tuple[str, int, int]) -> dict[str, tuple[int, int, list[str]]]:
    blocks = identify(split(BODY), [], seed="article:1:1")
    return {one.text: (one.opens, one.again, [question for question, *_ in one.questions]) for one in laid(blocks, asked)}


def test_a_search_lies_at_the_paragraph_that_holds_most_of_its_words() -> None:
    found = passages(("光猫押金怎么退", 3, 1), ("几个工作日退回", 5, 0), ("押金返还", 2, 2))
    assert found == {"三到七个工作日退回原账户。": (5, 0, ["几个工作日退回"]),
                     "光猫押金在退还设备后返还。": (5, 3, ["光猫押金怎么退", "押金返还"])}


def test_a_heading_leads_to_what_it_heads_and_the_most_visited_stands_first() -> None:
    blocks = identify(split("## 到账时间\n\n三天。\n\n## 押金\n\n不收。"), [], seed="article:1:1")
    assert [(one.text, one.opens) for one in laid(blocks, [("押金", 1, 0), ("到账时间", 4, 0)])] == [("三天。", 4), ("不收。", 1)]


def test_what_no_paragraph_answers_is_counted_apart() -> None:
    assert passages(("宽带密码", 2, 2)) == {"": (2, 2, ["宽带密码"])}
    assert laid([], [("押金", 1, 0)])[0].block_id == "" and laid([], []) == []


def test_the_page_and_the_program_see_them_and_nobody_a_paragraph_above_their_level(client: Callable, world: Centre) -> None:
    article = make_article(world, title="退费标准", body=f"{BODY}\n\n:::secret\n底线是五十元\n:::", drain=True)
    with world.begin("knowledge_editor") as work:
        keep_article(work, article.id, owner_id=world.people["trainer"], audience_unit_id=None)
    searched(world, "agent", ("光猫押金", article.id, 600), ("底线五十元", article.id, 60))
    for who, secret in (("knowledge_editor", True), ("supervisor", False)):
        page = client(who).get(f"/knowledge/health/articles/{article.id}").get_data(as_text=True)
        told = client(who, by="token").get(f"/api/v1/knowledge/health/articles/{article.id}").json["usage"]["passages"]
        assert not problems(page) and "What people came for" in page and "光猫押金在退还设备后返还。" in page
        assert ("底线是五十元" in page, any("底线是五十元" in one["text"] for one in told)) == (secret, secret)
        assert [one["questions"] for one in told if one["text"].startswith("光猫")] == [["光猫押金"]]

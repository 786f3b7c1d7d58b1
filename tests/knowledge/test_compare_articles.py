"""Two versions of an article side by side: what readers see, never the marks that make it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kmsvc.knowledge.articles.usecases import Content, edit_article
from tests.builders import make_article
from tests.support.centre import Centre


@pytest.mark.parametrize("view", ["inline", "side", "changes"])
def test_a_comparison_of_articles_shows_no_marks(client: Callable, world: Centre, view: str) -> None:
    article = make_article(world, body=":::say\n您好，三天到账。\n:::\n\n## 说明", drain=True)
    with world.begin("knowledge_editor") as work:
        edit_article(work, article.id, Content(title="怎样改签", body=":::say\n您好，五天到账。\n:::\n\n## 新的说明"))
    page = client("knowledge_editor").get(f"/knowledge/articles/{article.id}/versions/1/diff/2?view={view}")
    assert page.status_code == 200
    shown = page.get_data(as_text=True)
    shown = shown[shown.index('class="panel diff-doc"'):]
    assert "Say this" in shown and "<ins>五</ins>" in shown or "<ins>五天</ins>" in shown
    assert ":::" not in shown and "##" not in shown

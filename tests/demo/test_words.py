"""The demo's words and saved searches: a dozen of each, about articles that are there, no chain of words."""

import pytest

from kmsvc.demo.content.articles import articles
from kmsvc.demo.content.words import saved_searches, terms
from kmsvc.search.expansions import key_of_word


@pytest.mark.parametrize("seed", [1, 3, 20])
def test_every_saved_search_is_about_an_article_and_most_are_in_force(seed: int) -> None:
    states = {one.title: one.state for one in articles(seed)}
    assert len(saved_searches()) >= 12
    assert [one.query for one in saved_searches() if one.title not in states] == []
    assert sum(states[one.title] in ("published", "expiring") for one in saved_searches()) >= 9


def test_no_term_is_said_for_another() -> None:
    ours = [key_of_word(one.term) for one in terms()]
    said = [key_of_word(word) for one in terms() for word in one.sayings]
    assert len(set(ours)) == len(ours) >= 12
    assert len(set(said)) == len(said)
    assert not set(ours) & set(said)

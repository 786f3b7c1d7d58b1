"""What the demo says in English: a short welcome and the articles of the international desk."""

from kmsvc.demo.content.articles import ArticleText, articles
from kmsvc.demo.content.files import DATA


def welcome() -> str:
    """The welcome page in Markdown."""
    return (DATA / "welcome_en.md").read_text(encoding="utf-8")


def english_articles(seed: int, count: int = 400) -> list[ArticleText]:
    """The English ones among the first `count` articles."""
    return [article for article in articles(seed, count) if article.language == "en"]

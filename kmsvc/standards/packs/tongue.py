"""The language a pack is written in: chosen when it is ordered, so that its bytes do not depend on who makes it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from kmsvc.core.texts import N_, Labelled
from kmsvc.notices.wording import catalogue


class PackLang(Labelled):
    """What can be chosen; the first is taken where nothing is."""

    ZH = "zh", N_("Chinese")
    EN = "en", N_("English")


@dataclass(frozen=True)
class Tongue:
    """Words in one language. code: of a catalogue; html: of the cover; mark: between the parts of a list."""

    lang: PackLang
    code: str
    html: str
    mark: str

    def __call__(self, text: str) -> str:
        """An English source in this language."""
        return catalogue(self.code).gettext(text)

    def title(self, one: Any) -> str:
        """The title of a standard, section or clause."""
        return str(one.title_en if self.lang is PackLang.EN else one.title_zh)


@cache
def tongue(lang: str = PackLang.ZH.value) -> Tongue:
    """The words of a language a pack can be written in; ValueError for others."""
    chosen = PackLang(lang)
    return Tongue(chosen, "en", "en", ", ") if chosen is PackLang.EN else Tongue(chosen, "zh_Hans_CN", "zh-CN", "\u3001")

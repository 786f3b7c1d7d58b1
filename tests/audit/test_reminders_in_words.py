"""The trail says in words when somebody was reminded of a duty."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from kmsvc.audit.readable import words
from kmsvc.standards.duties.rules import reminder_step

DUE = date(2026, 6, 30)


@pytest.mark.parametrize(("day", "english", "chinese"), [
    (-30, "30 days before the due day", "到期前30天"), (-1, "1 day before the due day", "到期前1天"),
    (1, "late by 1 day or more", "逾期1天以上"), (8, "late by 7 days or more", "逾期7天以上"),
    (30, "late by 28 days or more", "逾期28天以上")])
def test_a_rung_of_reminders_is_words_in_both_languages(app: Flask, day: int, english: str, chinese: str) -> None:
    rung = reminder_step(DUE, DUE + timedelta(days=day))
    for language, wanted in (("en", english), ("zh_Hans_CN", chinese)):
        with app.test_request_context(headers={"Cookie": f"km-language={language}"}):
            assert words("standards_obligation", "reminded", rung, {}) == wanted


def test_another_text_in_its_place_stays_as_it_is(app: Flask) -> None:
    with app.test_request_context():
        assert words("standards_obligation", "reminded", "later", {}) == "later"

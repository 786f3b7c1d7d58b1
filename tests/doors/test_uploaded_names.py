"""Whatever an uploaded list is called, it is read: long Chinese names, names that no folder holds."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable

import pytest

from kmsvc.markup.cleaning import name_on_disk
from tests.support.centre import Centre

LISTS = {
    "/people/accounts/import": ("admin", "login,name\nn1,王一\n", "n1"),
    "/knowledge/templates/import": ("knowledge_editor", "name,body\n退款,退钱\n", "退款"),
    "/knowledge/scopes/import": ("knowledge_editor", "dimension,name\nproduct,宽带\n", "宽带"),
    "/knowledge/vocabulary/import": ("knowledge_editor", "term,sayings\n退款,退钱\n", "退款"),
    "/knowledge/articles/import": ("knowledge_editor", "title,body\n退款,三天到账\n", ".csv"),
}


@pytest.mark.parametrize("name", [
    "二〇二六年第一季度客户服务中心全体员工名单" * 4 + ".csv", "x" * 300 + ".csv", "名\x00单.csv", "名\u202e单.csv", "../名单.csv"])
@pytest.mark.parametrize("place", LISTS)
def test_a_list_is_read_whatever_its_name(client: Callable, world: Centre, name: str, place: str) -> None:
    login, text, shown = LISTS[place]
    answer = client(login).post(place, data={"file": (io.BytesIO(text.encode()), name)}, follow_redirects=True)
    for thread in threading.enumerate():
        if thread.name == "kmsvc-import":
            thread.join(30)
    assert answer.status_code == 200
    assert shown in answer.get_data(as_text=True)


@pytest.mark.parametrize("name", ["长" * 500, "长" * 500 + ".xlsx", "." * 400 + "a", "a." + "长" * 300, ""])
def test_a_folder_can_hold_the_name_and_its_ending_stays(name: str) -> None:
    kept = name_on_disk(name)
    assert 0 < len(kept.encode()) <= 255
    assert "/" not in kept
    assert kept.endswith(".xlsx") == name.endswith(".xlsx")

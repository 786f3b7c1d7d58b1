"""A running service for browser tests: the small centre on SQLite in Chinese, served over HTTP, with the real worker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from kmsvc.app import create_app, make_database
from kmsvc.core.work import Database
from kmsvc.people.accounts.queries import account_by_login, person_by_login
from kmsvc.people.accounts.usecases import change_person
from kmsvc.people.sessions.usecases import open_session
from kmsvc.people.system import OPERATOR
from kmsvc.search.engine import SearchEngine
from kmsvc.search.usecases import rebuild
from kmsvc.worker import Worker
from tests.conftest import Templates, make_settings
from tests.support.centre import PASSWORD, Centre
from tests.support.chromium import Windows
from tests.support.clients import session_secret
from tests.support.figures import HARD
from tests.support.smtp import FakeSmtp, fake_smtp
from tests.support.web import serve

NAMES = {
    "business_owner": "周岚",
    "process_author": "沈宁",
    "process_manager": "李强",
    "knowledge_editor": "何苗",
    "trainer": "方远",
    "qa_inspector": "吴桐",
    "agent": "孟晓",
    "agent_b": "罗溪",
    "team_leader": "王小雨",
    "admin": "宋怡",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs the browser; what fails once is tried again and told in the summary (decision 0037)."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if not HARD:
                item.add_marker(pytest.mark.flaky(reruns=1))


def signed_in(page: Page, address: str, secret: str) -> Page:
    """A window with somebody's session, as after signing in; test_keyboard_only signs in by hand, and so does the main story."""
    page.context.add_cookies([{"name": "kmsvc", "value": secret, "url": address, "httpOnly": True, "sameSite": "Lax"}])
    return page


@dataclass
class Site:
    """A service as people reach it."""

    address: str
    db: Database
    folder: Path
    mail: FakeSmtp
    open_window: Windows

    def sign_in(self, login: str, *, by_hand: bool = False, **options: Any) -> Page:
        """A window of this person on their day."""
        page = self.open_window(self.address, **options)
        if by_hand:
            page.goto("/sign-in")
            page.fill("input[name=login]", login)
            page.fill("input[name=password]", PASSWORD)
            page.press("input[name=password]", "Enter")
            page.wait_for_url(self.address + "/")
            return page
        with self.db.begin(OPERATOR) as work:
            account = account_by_login(work.session, login)
            assert account is not None, login
            secret = open_session(work, account, address="127.0.0.1", browser="test")
        signed_in(page, self.address, secret).goto("/")
        return page


@pytest.fixture
def site(tmp_path: Path, templates: Templates, open_window: Windows) -> Iterator[Site]:
    """The small centre with Chinese people, web and worker running, mail going to a server of the test."""
    folder = tmp_path / "data"
    folder.mkdir()
    url = templates.copy("sqlite", "centre", folder)
    with fake_smtp() as mail:
        settings = make_settings(folder, url, smtp_url=mail.url)
        db = make_database(settings)
        with db.begin(OPERATOR) as work:
            for login in (
                "business_owner",
                "process_author",
                "process_manager",
                "knowledge_editor",
                "trainer",
                "qa_inspector",
                "agent",
                "agent_b",
                "team_leader",
                "admin",
                "manager",
                "auditor",
            ):
                person = person_by_login(work.session, login)
                assert person is not None
                change_person(work, person.id, name=NAMES.get(login), language="zh_Hans_CN")
        engine = SearchEngine(settings.index_dir)
        rebuild(db, engine, OPERATOR)
        worker = Worker(db, settings, engine)
        worker.start()
        try:
            with serve(
                create_app(settings, db=make_database(settings), search=SearchEngine(settings.index_dir))
            ) as address:
                yield Site(address, db, folder, mail, open_window)
                open_window.close()
        finally:
            worker.stop()
            db.engine.dispose()


@dataclass
class House:
    """A served centre on SQLite: its rows by `world`, its pages by windows."""

    world: Centre
    address: str
    open_window: Windows

    def window(self, login: str, path: str = "/", **options: Any) -> Page:
        """A window of this person on a page."""
        page = signed_in(self.open_window(self.address, **options), self.address, session_secret(self.world, login))
        page.goto(path)
        page.wait_for_selector("html.km-ready")
        return page


@pytest.fixture
def database_kind() -> str:
    """One database is enough for what happens in the browser."""
    return "sqlite"


@pytest.fixture
def house(world: Centre, app: Flask, open_window: Windows) -> Iterator[House]:
    """The centre of the test, served."""
    with serve(app) as address:
        yield House(world, address, open_window)
        open_window.close()

"""Languages: the reader's own, else the centre's. Texts are English in the source and translated at the door."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, g, has_app_context, request
from flask_babel import Babel, format_date, format_datetime, get_domain, get_locale, ngettext
from markupsafe import Markup

from kmsvc.core.texts import Labelled

LANGUAGES = ("zh_Hans_CN", "en")


def chosen_locale() -> str:
    """The signed-in person's language, else the cookie's, else the centre's; a program may ask for one by Accept-Language."""
    actor = g.get("actor")
    if request and request.path.startswith("/api/") and (actor is None or actor.via == "token") and (wanted := _accepted()):
        return wanted
    cookie = request.cookies.get("km-language", "") if request else ""
    if actor is not None and actor.language in LANGUAGES:
        return str(actor.language)
    if cookie in LANGUAGES:
        return cookie
    from flask import current_app

    return str(current_app.config["BABEL_DEFAULT_LOCALE"])


def _accepted() -> str | None:
    """The first language of Accept-Language that we speak."""
    ours = {code.split("_")[0]: code for code in LANGUAGES}
    return next((ours[one] for one in (tag.lower().split("-")[0] for tag in request.accept_languages.values()) if one in ours),
                None)


def install(app: Flask, *, language: str, timezone: str) -> None:
    """Put Babel and the text filters into an application."""
    app.config["BABEL_DEFAULT_LOCALE"] = language if language in LANGUAGES else "zh_Hans_CN"
    Babel(app, default_locale=app.config["BABEL_DEFAULT_LOCALE"], default_timezone=timezone,
          default_translation_directories=str(app.root_path) + "/translations", locale_selector=chosen_locale,
          timezone_selector=lambda: timezone)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.newstyle_gettext = True  # type: ignore[attr-defined]
    app.jinja_env.globals["_"] = _in_page
    app.jinja_env.filters["label"] = label
    app.jinja_env.filters["listed"] = listed
    app.jinja_env.globals.update(fmt_date=fmt_date, fmt_when=fmt_when, label=label)


def _catalogue() -> Any:
    """The reader's texts. Kept where Flask-Babel forgets it when the language is changed in the middle of a request:
    to find them costs more than to look one up, and a page has a hundred."""
    space = g.get("_flask_babel")
    held = getattr(space, "babel_translations", None)
    if held is None:
        held = get_domain().get_translations()
        if "_flask_babel" in g:
            g._flask_babel.babel_translations = held
    return held


def _said(source: str) -> str:
    """In the reader's language; at the command line, where there is no reader's, as it stands in the source."""
    return str(_catalogue().ugettext(source)) if has_app_context() else source


def _in_page(source: str, **places: Any) -> Markup:
    """A text of a template: what is put into its places is escaped."""
    found = Markup(_catalogue().ugettext(source))
    return found % places if places or "%" in found else found


def label(member: Labelled | str | None, kind: type[Labelled] | None = None) -> str:
    """The word for a code in the reader's language; with `kind`, for a bare code from the database."""
    if member is None:
        return ""
    if kind is not None and not isinstance(member, Labelled):
        try:
            member = kind(member)
        except ValueError:
            return str(member)
    return _said(member.label if isinstance(member, Labelled) else str(member))


def sentence(source: str, params: dict[str, Any] | None = None) -> str:
    """A marked English sentence in the reader's language, with its places filled."""
    found = _said(source)
    return found % params if params else found


def listed(words: Iterable[str]) -> str:
    """Words in a row, with the mark the reader's language puts between them."""
    return _said(", ").join(words)


def is_chinese() -> bool:
    """Whether the reader reads Chinese."""
    locale = get_locale()
    return locale is not None and locale.language == "zh"


def fmt_date(day: date | None) -> str:
    """A day as people write it; in Chinese with the signs for year, month and day, in English 21 Nov 2026."""
    if day is None:
        return ""
    return str(format_date(day, "long" if is_chinese() else "d MMM y"))


def fmt_when(instant: datetime | None) -> str:
    """An instant in the centre's zone, to the minute."""
    if instant is None:
        return ""
    return str(format_datetime(instant, "yyyy-MM-dd HH:mm"))


def local(instant: datetime, zone: str) -> datetime:
    """An instant in the centre's zone."""
    return instant.astimezone(ZoneInfo(zone))

__all__ = ["LANGUAGES", "fmt_date", "fmt_when", "install", "label", "listed", "local", "ngettext", "sentence"]

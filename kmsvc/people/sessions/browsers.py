"""«Chrome on Windows»: the two words a person knows a browser by, out of what it says of itself.

Browsers name each other, so the order of the lists is the rule; whoever is in none of them is shown as it came."""

from __future__ import annotations

BROWSERS = (("MicroMessenger/", "WeChat"), ("DingTalk/", "DingTalk"), ("QQBrowser/", "QQ Browser"), ("Edg", "Edge"),
            ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("HeadlessChrome/", "Chrome"),
            ("Chrome/", "Chrome"), ("CriOS/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (("HarmonyOS", "HarmonyOS"), ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
           ("CrOS", "ChromeOS"), ("Macintosh", "macOS"), ("Linux", "Linux"))


def known_as(said: str | None) -> tuple[str, str] | None:
    """(browser, system) of a User-Agent header; None when it names none that is known."""
    if not said or not said.startswith("Mozilla/"):
        return None
    browser = next((name for mark, name in BROWSERS if mark in said), None)
    system = next((name for mark, name in SYSTEMS if mark in said), None)
    return (browser, system) if browser and system else None

"""See to it that the browser tests have Chromium and a Chinese font, or say plainly what is missing.

As root on a Debian-like machine it installs both; elsewhere it ends with status 1 and one line to run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ["chromium-headless-shell", "fonts-noto-cjk"]
"""The shell draws as Chromium does, without the window around the page, which nobody sees here."""


def find_chromium() -> str | None:
    """Path of the browser: KMSVC_CHROMIUM, else the first known name on the PATH."""
    if given := os.environ.get("KMSVC_CHROMIUM"):
        return shutil.which(given)
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def has_chinese_font() -> bool:
    """Whether fontconfig knows a font that can draw Chinese."""
    if not shutil.which("fc-list"):
        return False
    done = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True, check=False)
    return bool(done.stdout.strip())


def missing() -> list[str]:
    """The Debian packages that would bring what is not there."""
    there = (find_chromium() is not None, has_chinese_font())
    return [package for package, found in zip(PACKAGES, there, strict=True) if not found]


def install(packages: list[str]) -> bool:
    """Install the packages with apt-get; False when that failed."""
    print(f"Installing {' '.join(packages)} for the browser tests ...", flush=True)
    words = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], words):
        if subprocess.run(
            command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
        ).returncode:
            return False
    return True


def main() -> int:
    """Exit status 0 when browser tests can run or were asked to be skipped."""
    if os.environ.get("KMSVC_SKIP_BROWSER") == "1":
        print("KMSVC_SKIP_BROWSER=1: the browser tests will be skipped.")
        return 0
    wanted = missing()
    if wanted and os.geteuid() == 0 and shutil.which("apt-get") and install(["fontconfig", *wanted]):
        wanted = missing()
    if not wanted:
        return 0
    print(
        "The browser tests need Chromium and a Chinese font. On Debian: "
        f"apt-get install --no-install-recommends {' '.join(wanted)}\n"
        "(KMSVC_CHROMIUM names a browser elsewhere; KMSVC_SKIP_BROWSER=1 skips these tests.)",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    raise SystemExit(main())

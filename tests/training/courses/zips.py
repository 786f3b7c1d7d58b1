"""Packages for tests: good ones of each standard, and what an enemy would send."""

from __future__ import annotations

import io
import zipfile

SCO = """<!DOCTYPE html><html><head><title>t</title></head><body><p id="said">…</p><script>
var api = null, win = window;
while (win && !win.%(api)s && win.parent && win.parent !== win) { win = win.parent; }
api = win.%(api)s;
%(script)s
</script></body></html>"""
SCRIPT12 = """api.LMSInitialize("");
document.getElementById("said").textContent = "location:" + api.LMSGetValue("cmi.core.lesson_location")
  + " name:" + api.LMSGetValue("cmi.core.student_name");
api.LMSSetValue("cmi.core.lesson_location", "page-7");
api.LMSSetValue("cmi.suspend_data", "half");
api.LMSCommit("");"""
FINISH12 = SCRIPT12 + """
api.LMSSetValue("cmi.core.score.raw", "85"); api.LMSSetValue("cmi.core.lesson_status", "passed"); api.LMSFinish("");"""
SCRIPT2004 = """api.Initialize(""); api.SetValue("cmi.location", "3"); api.SetValue("cmi.score.scaled", "0.9");
api.SetValue("cmi.success_status", "passed"); api.SetValue("cmi.completion_status", "completed"); api.Commit(""); api.Terminate("");"""


def manifest12(href: str = "index.html", *, version: str = "1.2", extra: str = "", item: str = "") -> str:
    """The manifest of a package with one thing to launch."""
    kind = "scormtype" if version == "1.2" else "scormType"
    return f"""<?xml version="1.0" encoding="UTF-8"?>{extra}
<manifest identifier="m" version="1" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
<metadata><schema>ADL SCORM</schema><schemaversion>{version}</schemaversion></metadata>
<organizations default="o"><organization identifier="o"><title>退款培训</title>
<item identifier="i1" identifierref="r1"><title>第一节</title>{item}</item></organization></organizations>
<resources><resource identifier="r1" type="webcontent" adlcp:{kind}="sco" href="{href}"><file href="{href}"/></resource></resources>
</manifest>"""


CMI5 = """<?xml version="1.0" encoding="utf-8"?>
<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
<course id="https://x.test/c"><title><langstring lang="zh-CN">退款</langstring></title></course>
<au id="https://x.test/c/a" moveOn="CompletedOrPassed" masteryScore="0.8"><title><langstring lang="zh-CN">一</langstring></title>
<url>index.html?x=1</url></au></courseStructure>"""


def zipped(*parts: tuple[str | zipfile.ZipInfo, str | bytes], deflated: bool = True) -> bytes:
    """A zip with these parts, in this order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED) as package:
        for name, data in parts:
            package.writestr(name, data)
    return out.getvalue()


def scorm12(script: str = SCRIPT12) -> bytes:
    """A package of SCORM 1.2."""
    return zipped(("imsmanifest.xml", manifest12()), ("index.html", SCO % {"api": "API", "script": script}), ("a/b.css", "p{color:red}"))


def scorm2004(script: str = SCRIPT2004) -> bytes:
    """A package of SCORM 2004."""
    return zipped(("imsmanifest.xml", manifest12(version="2004 3rd Edition")),
                  ("index.html", SCO % {"api": "API_1484_11", "script": script}))


def cmi5(page: str = "<!doctype html><html><head></head><body>cmi5</body></html>") -> bytes:
    """A package of cmi5."""
    return zipped(("cmi5.xml", CMI5), ("index.html", page))


def linked() -> bytes:
    """A package with a symbolic link out of it."""
    link = zipfile.ZipInfo("passwd")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    return zipped(("imsmanifest.xml", manifest12()), ("index.html", "x"), (link, "/etc/passwd"))

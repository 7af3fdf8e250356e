"""What a browser sends back of the editor of reports and templates."""

import html
import re
from collections import defaultdict
from typing import Any

from tests.portal.posted import ATTRIBUTE, form_of

EDITOR = '<form class="form report"'


def editor_of(page: str, start: str = EDITOR) -> dict[str, Any]:
    """What a browser sends back of the editor, every value of a name in its place; its buttons aside."""
    form = page[page.index(start) :]
    form = form[: form.index("</form>")]
    sent: dict[str, Any] = defaultdict(list)
    for tag in re.findall(r"<input [^>]+>", form):
        found = dict(ATTRIBUTE.findall(tag))
        if found.get("type") not in ("checkbox", "radio") or re.search(r"\schecked\b", tag):
            sent[found["name"]].append(html.unescape(found.get("value", "")))
    for name, text in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        sent[name].append(html.unescape(text))
    del sent["csrfmiddlewaretoken"]
    return {**form_of(page, start), **sent}

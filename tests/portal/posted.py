"""What a browser would send back of a page's form when nothing was touched."""

import html
import re

from django.test import Client

HTMX = {"HX-Request": "true"}
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')


def form_of(page: str, start: str = '<form class="form') -> dict[str, str]:
    """The form that begins with `start`: inputs that are not buttons, selects, ticked boxes."""
    form = page[page.index(start) :]
    form = form[: form.index("</form>")]
    sent: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]+>", form):
        found = dict(ATTRIBUTE.findall(tag))
        if "name" in found and (found.get("type") not in ("checkbox", "radio") or re.search(r"\schecked\b", tag)):
            sent[found["name"]] = html.unescape(found.get("value", "on" if found.get("type") == "checkbox" else ""))
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        sent[name] = chosen[1] if chosen else ""
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def page_of(client: Client, address: str, **headers: str) -> str:
    return client.get(address, headers=headers).content.decode()

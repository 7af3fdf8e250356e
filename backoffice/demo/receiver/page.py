"""The one page of the receiver: how it answers now, and what has arrived. Everything that came from outside is escaped."""

from collections.abc import Iterable, Mapping
from html import escape

from backoffice.demo.receiver.kept import Arrival

STYLE = """
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}
table{border-collapse:collapse;width:100%}td,th{padding:.4rem .6rem;text-align:left;border-bottom:1px solid #8884;vertical-align:top}
pre{margin:0;white-space:pre-wrap;word-break:break-all;font-size:12px}button{margin:.15rem;padding:.35rem .8rem}
.now{font-weight:700;outline:2px solid}.bad{color:#c22}.good{color:#284}
"""


def page(arrivals: Iterable[Arrival], modes: Mapping[str, str], mode: str, *, has_secret: bool) -> str:
    buttons = "".join(
        f'<button name="mode" value="{escape(name)}"{" class=now" if name == mode else ""}>{escape(what)}</button>' for name, what in modes.items()
    )
    rows = "".join(_row(arrival) for arrival in arrivals) or '<tr><td colspan="5">Nothing has arrived yet.</td></tr>'
    note = "" if has_secret else '<p class="bad">There is no secret to verify with: load the demo first.</p>'
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="5"><title>Callback receiver</title>'
        f'<style>{STYLE}</style><h1>Callback receiver</h1>{note}<form method="post" action="/mode"><p>It answers: {buttons}</p></form>'
        "<table><thead><tr><th>At<th>Id<th>Signature<th>Answered<th>Body</tr></thead><tbody>" + rows + "</tbody></table></html>"
    )


def _row(arrival: Arrival) -> str:
    signature = f'<span class="bad">{escape(arrival.verified)}</span>' if arrival.verified else '<span class="good">good</span>'
    again = f" <small>({arrival.times} times)</small>" if arrival.times > 1 else ""
    return (
        f"<tr><td>{escape(arrival.at)}<td>{escape(arrival.webhook_id)}{again}<td>{signature}"
        f"<td>{escape(arrival.answered)}<td><pre>{escape(arrival.body)}</pre></tr>"
    )

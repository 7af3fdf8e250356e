"""Template tags of trading: short ids, the assets of a market, how much of an order is filled, gains and losses."""

from decimal import Decimal

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portal.templatetags.desk import badge, plain
from portal.templatetags.money import in_root
from portal.worth import EXACT, Worth

register = template.Library()

# Ids begin with their time, alike for all of an hour: their ends tell them apart.
ENDING = 8
DIGITS, PLACES = 8, 12


@register.simple_tag
def short(id: str | None) -> SafeString:
    """The end of an id, the whole of it on hover."""
    if not id:
        return format_html('<span class="muted">{}</span>', "—")
    return format_html('<span class="mono" title="{}"><span class="sr">{}</span><span aria-hidden="true">…{}</span></span>', id, id, id[-ENDING:])


@register.simple_tag
def price(value: Decimal | None) -> SafeString | str:
    """An average has endless digits: as many as tell, all of them on hover."""
    if value is None:
        return plain(None)
    shown = EXACT.quantize(value, Decimal(1).scaleb(max(value.adjusted() - DIGITS + 1, -PLACES)))
    return plain(value) if shown == value else format_html('<span title="{}">{}</span>', plain(value), plain(shown))


@register.simple_tag(takes_context=True)
def in_asset(context: Context, value: Decimal, asset_id: str) -> SafeString | str:
    """A sum of products has more digits than its asset: rounded to its decimals, all of them on hover."""
    worth: Worth = context.get("worth") or Worth()
    places = max(worth.scales.get(asset_id, PLACES), 0)
    shown = EXACT.quantize(value, Decimal(1).scaleb(-places))
    text = worth.text(shown, asset_id)
    return text if shown == value else format_html('<span title="{}">{}</span>', plain(value), text)


@register.simple_tag
def pair(market_id: str) -> SafeString:
    """The badges of a market's two assets: markets are called type.base_quote."""
    assets = market_id.partition(".")[2].rpartition("_")
    return format_html('<span class="pair">{}</span>', format_html_join("", "{}", ((badge(one),) for one in (assets[0], assets[2]) if one)))


@register.simple_tag
def filled(part: Decimal, whole: Decimal) -> SafeString:
    """In whole percent, and as a bar; all of it only when it is all of it."""
    percent = int(part * 100 / whole) if whole else 0
    return format_html('{}% <progress max="100" value="{}" aria-hidden="true"></progress>', percent, percent)


@register.simple_tag(takes_context=True)
def signed_in_root(context: Context, value: Decimal | None) -> str | SafeString:
    """A gain or a loss, told apart by sign and colour; nothing where there was none."""
    if value is None:
        return plain(None)
    return format_html(
        '<span class="{}">{}{}</span>', "neg" if value < 0 else "pos" if value else "muted", "+" if value > 0 else "", in_root(context, value)
    )

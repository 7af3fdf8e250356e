"""What a browser says of itself, in the words of its owner."""

from django import template

register = template.Library()

# The first that matches counts: most browsers also claim to be those below them.
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@register.filter
def browser(agent: str) -> str:
    """Chrome on Linux; what is no browser keeps its own words."""
    name, system = (next((said for sign, said in known if sign in agent), "") for known in (BROWSERS, SYSTEMS))
    return f"{name} on {system}" if name and system else name or agent[:60] or "Unknown browser"

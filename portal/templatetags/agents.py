"""Sign-ins in the words of their owner: what a browser says of itself, and how they proved who they are."""

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

PROOFS = {
    "password": "by password",
    "code": "by password and code",
    "recovery": "by password and recovery code",
    "passkey": "by passkey",
    "issuer": "by another issuer",
    "vouched": "by another issuer, second factor and all",
}


@register.filter
def browser(agent: str) -> str:
    """Chrome on Linux; what is no browser keeps its own words."""
    name, system = (next((said for sign, said in known if sign in agent), "") for known in (BROWSERS, SYSTEMS))
    return f"{name} on {system}" if name and system else name or agent[:60] or "Unknown browser"


@register.filter
def proved(proof: str) -> str:
    """How somebody proved at their sign-in who they are."""
    return PROOFS.get(proof, proof)

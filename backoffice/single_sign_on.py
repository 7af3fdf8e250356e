"""Another issuer who signs people in by OpenID Connect, read from the OIDC_ variables."""

from typing import NamedTuple

from backoffice import env


class SingleSignOn(NamedTuple):
    """`roles` are the role names by the issuer's group, `factor_values` what of `amr` or `acr` vouches for a second factor."""

    address: str = ""
    client_id: str = ""
    client_secret: str = ""
    name: str = ""
    username_claim: str = ""
    creates_operators: bool = False
    roles_claim: str = ""
    roles: dict[str, str] = {}
    factor_values: list[str] = []


def read(*, is_production: bool) -> SingleSignOn:
    address = env.text("OIDC_ISSUER", "").rstrip("/")
    if not address:
        return SingleSignOn()
    if not address.startswith("https://" if is_production else ("https://", "http://")):
        env.refuse("OIDC_ISSUER must begin with https://")
    return SingleSignOn(
        address=address,
        client_id=env.text("OIDC_CLIENT_ID"),
        client_secret=env.text("OIDC_CLIENT_SECRET"),
        name=env.text("OIDC_NAME", "single sign-on"),
        username_claim=env.text("OIDC_USERNAME_CLAIM", "preferred_username"),
        creates_operators=env.flag("OIDC_CREATES_OPERATORS", False),
        roles_claim=env.text("OIDC_ROLES_CLAIM", ""),
        roles=env.pairs("OIDC_ROLES"),
        factor_values=env.names("OIDC_FACTOR_VALUES"),
    )

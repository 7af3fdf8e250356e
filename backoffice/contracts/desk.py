"""What belongs to this desk and not to the back-API: people, roles, sign-ins, API clients, saved views."""

from datetime import date, datetime
from typing import Literal, Protocol

from backoffice.contracts.actor import NO_LIMITS, Actor, Scope
from backoffice.contracts.value import Value, Versioned


class Operator(Value, frozen=True, kw_only=True):
    id: str
    username: str
    name: str
    email: str
    is_active: bool
    roles: list[str]
    last_sign_in_at: datetime | None
    created_at: datetime


class NewOperator(Value, frozen=True, kw_only=True):
    username: str
    name: str
    email: str
    password: str
    roles: list[str] = []


class OperatorChange(Value, frozen=True, kw_only=True):
    name: str
    email: str
    is_active: bool
    roles: list[str]


class Role(Value, frozen=True, kw_only=True):
    id: str
    name: str
    operations: list[str]
    operator_count: int
    scope: Scope = NO_LIMITS


class RoleDraft(Value, frozen=True, kw_only=True):
    name: str
    operations: list[str] = []
    scope: Scope = NO_LIMITS


class SignIn(Value, frozen=True, kw_only=True):
    """A browser session. `proof` is the strongest thing that was shown for it: password, code, recovery, passkey, issuer, or vouched."""

    id: str
    operator_id: str
    operator_name: str
    network: str
    agent: str
    started_at: datetime
    seen_at: datetime
    is_current: bool
    proof: str


class ApiClient(Value, frozen=True, kw_only=True):
    id: str
    name: str
    operations: list[str]
    is_active: bool
    has_secret: bool
    created_at: datetime
    last_used_at: datetime | None
    scope: Scope = NO_LIMITS
    last_token_at: datetime | None = None
    previous_secret_until: datetime | None = None


class NewApiClient(Value, frozen=True, kw_only=True):
    name: str
    operations: list[str] = []
    scope: Scope = NO_LIMITS


class ApiClientChange(Value, frozen=True, kw_only=True):
    operations: list[str]
    is_active: bool
    scope: Scope = NO_LIMITS


class DayOfUse(Value, frozen=True, kw_only=True):
    """How often a client called, and how often that was refused."""

    day: date
    calls: int
    refusals: int


class ClientSecret(Value, frozen=True, kw_only=True):
    """Shown once; only its hash is kept."""

    client_id: str
    client_secret: str


class TokenRequest(Value, frozen=True, kw_only=True):
    client_id: str
    client_secret: str
    operations: list[str] | None = None


class Token(Value, frozen=True, kw_only=True):
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int


class SavedView(Value, frozen=True, kw_only=True):
    """A list as one wants it: filter, columns, sort and density as the query string of its URL.

    `shared_with` is a role's id, None keeps it private. At most one view per section is the owner's default, and one the default of
    everybody with the role, which the own one goes before. What is pinned stands in its owner's sidebar.
    """

    id: str
    section: str
    name: str
    query: str
    shared_with: str | None
    is_default: bool
    is_role_default: bool
    is_pinned: bool
    is_own: bool


class SavedViewDraft(Value, frozen=True, kw_only=True):
    """With `view_id` it is that view, which may get another name."""

    section: str
    name: str
    query: str
    shared_with: str | None = None
    is_default: bool = False
    is_role_default: bool = False
    is_pinned: bool = False
    view_id: str | None = None


class Operators(Protocol):
    def find(self, actor: Actor) -> list[Operator]:
        """By name."""

    def get(self, actor: Actor, operator_id: str) -> Versioned[Operator]:
        """Refuses: NotFound."""

    def create(self, actor: Actor, draft: NewOperator) -> Operator:
        """Refuses: Invalid, NotPermitted (a role with an operation the actor lacks)."""

    def update(self, actor: Actor, operator_id: str, change: OperatorChange, *, version: int | None = None) -> None:
        """Ends the operator's sign-ins when roles or activity change. Refuses: NotFound, Stale, Invalid (the last administrator), NotPermitted."""

    def set_password(self, actor: Actor, operator_id: str, password: str) -> None:
        """Ends the operator's sign-ins. Refuses: NotFound, Invalid, NotPermitted."""

    def sign_ins(self, actor: Actor) -> list[SignIn]:
        """Everybody's live sign-ins."""

    def end_sign_in(self, actor: Actor, sign_in_id: str) -> None:
        """Refuses: NotFound."""

    def reset_factors(self, actor: Actor, operator_id: str, reason: str) -> None:
        """For who lost theirs: authenticator, passkeys and recovery codes go, sign-ins end, and it is told.

        Refuses: NotFound, Invalid (no reason, oneself, nothing to reset), NotPermitted (a person who may do more)."""

    def send_letters(self, actor: Actor) -> int:
        """Mail to people what they must hear of their own sign-ins and factors; how many went."""


class Own(Protocol):
    """What every operator may do about themselves."""

    def change_password(self, actor: Actor, current: str, new: str, *, keep: str | None = None) -> None:
        """Ends the actor's sign-ins but `keep`, the one it is asked through. Refuses: Invalid, TooMany, Stale."""

    def sign_ins(self, actor: Actor, *, current: str) -> list[SignIn]: ...

    def end_sign_in(self, actor: Actor, sign_in_id: str) -> None:
        """Refuses: NotFound."""

    def end_other_sign_ins(self, actor: Actor, *, keep: str) -> int:
        """How many have ended."""

    def views(self, actor: Actor, section: str) -> list[SavedView]:
        """Own ones and those shared with a role the actor holds."""

    def save_view(self, actor: Actor, draft: SavedViewDraft) -> SavedView:
        """Create, or replace the own one of that id or name. Refuses: Invalid, NotFound (no own view has the id)."""

    def pinned(self, actor: Actor) -> list[SavedView]:
        """Own views that stand in the sidebar, by name."""

    def delete_view(self, actor: Actor, view_id: str) -> None:
        """Refuses: NotFound."""

    def roles(self, actor: Actor) -> list[Role]:
        """The roles the actor holds."""

    def email(self, actor: Actor) -> str:
        """Where the actor gets mail, "" where nobody does."""


class Roles(Protocol):
    def find(self, actor: Actor) -> list[Role]: ...

    def get(self, actor: Actor, role_id: str) -> Versioned[Role]:
        """Refuses: NotFound."""

    def create(self, actor: Actor, draft: RoleDraft) -> Role:
        """Refuses: Invalid, NotPermitted (an operation the actor lacks)."""

    def update(self, actor: Actor, role_id: str, draft: RoleDraft, *, version: int | None = None) -> None:
        """Refuses: NotFound, Stale, Invalid, NotPermitted."""

    def delete(self, actor: Actor, role_id: str, *, version: int | None = None) -> None:
        """Refuses: NotFound, Stale, InUse."""


class ApiClients(Protocol):
    def find(self, actor: Actor) -> list[ApiClient]: ...

    def get(self, actor: Actor, client_id: str) -> Versioned[ApiClient]:
        """Refuses: NotFound."""

    def create(self, actor: Actor, draft: NewApiClient) -> ClientSecret:
        """Refuses: Invalid, NotPermitted."""

    def update(self, actor: Actor, client_id: str, change: ApiClientChange, *, version: int | None = None) -> None:
        """Refuses: NotFound, Stale, Invalid, NotPermitted."""

    def rotate(self, actor: Actor, client_id: str) -> ClientSecret:
        """A new secret; the old one and every token issued before end at once. Refuses: NotFound."""

    def change_over(self, actor: Actor, client_id: str) -> ClientSecret:
        """A new secret; the present one and its tokens go on for a day, so that the program misses no call. Refuses: NotFound, NotPermitted."""

    def end_previous_secret(self, actor: Actor, client_id: str) -> None:
        """The secret that was changed over from is good for nothing any more. Refuses: NotFound."""

    def use(self, actor: Actor, client_id: str) -> list[DayOfUse]:
        """The last thirty days up to today, all but the last minute or two of it. Refuses: NotFound."""

    def revoke_tokens(self, actor: Actor, client_id: str) -> None:
        """Every token issued before now ends. Refuses: NotFound."""

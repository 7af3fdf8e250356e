"""The tables of who may come in, what they may do, and what they keep for themselves."""

import uuid
from collections.abc import Iterable
from decimal import Decimal

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from backoffice.contracts.actor import Scope
from backoffice.core.fields import AmountField, IdField


def new_id() -> str:
    return str(uuid.uuid4())


def scope_of(market_groups: Iterable[str] | None, account_groups: Iterable[str] | None, most: Decimal | str | None) -> Scope:
    """Of three columns as they are stored."""
    groups = [None if names is None else frozenset(names) for names in (market_groups, account_groups)]
    return Scope(market_groups=groups[0], account_groups=groups[1], most=None if most is None else Decimal(most))


class Scoped(models.Model):
    """The limits of what its operations reach; NULL is no limit. They are ids, for other apps keep the groups."""

    market_groups = ArrayField(IdField(max_length=40), null=True)
    account_groups = ArrayField(IdField(max_length=40), null=True)
    most = AmountField(null=True)

    class Meta:
        abstract = True

    @property
    def scope(self) -> Scope:
        return scope_of(self.market_groups, self.account_groups, self.most)

    def limit_to(self, scope: Scope) -> None:
        self.market_groups = None if scope.market_groups is None else sorted(scope.market_groups)
        self.account_groups = None if scope.account_groups is None else sorted(scope.account_groups)
        self.most = scope.most


class Role(Scoped):
    """A named set of operations; a new one has none."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=50, unique=True)
    operations = ArrayField(models.CharField(max_length=40), default=list)
    version = models.IntegerField(default=1)


class Operator(AbstractBaseUser):
    """A person. The password is a hash; the username is kept in lower case. `issuer_subject` is what another issuer calls them for ever."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    username = IdField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    email = models.CharField(max_length=254)
    is_active = models.BooleanField(default=True)
    roles = models.ManyToManyField(Role, related_name="operators")
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    last_sign_in_at = models.DateTimeField(null=True)
    issuer_subject = IdField(max_length=255, null=True, unique=True)
    last_login = None

    objects = BaseUserManager["Operator"]()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name", "email"]

    class Meta:
        constraints = [models.CheckConstraint(name="operator_username_is_plain", condition=Q(username__regex=r"^[a-z0-9][a-z0-9._@-]*$"))]


class SignIn(models.Model):
    """One browser's stay; the browser itself knows only its session key, never this id.

    `proof` is the strongest thing shown so far, `confirmed_at` when the person last proved to be there.
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    operator = models.ForeignKey(Operator, models.CASCADE, related_name="sign_ins", db_index=False)
    network = models.CharField(max_length=64)
    agent = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    proof = models.CharField(max_length=10, default="password")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["operator", "network"], name="sign_in_by_network"),
            models.Index(fields=["seen_at"], condition=Q(ended_at=None), name="sign_in_live"),
        ]


class Authenticator(models.Model):
    """The app that shows codes. Its seed is sealed; `last_step` is the time step of the last code taken, so that each counts once."""

    operator = models.OneToOneField(Operator, models.CASCADE, primary_key=True, related_name="authenticator")
    key_id = models.CharField(max_length=40)
    sealed_seed = models.BinaryField()
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)


class Passkey(models.Model):
    """A key pair in a device or a password manager, of which we hold the public half."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    operator = models.ForeignKey(Operator, models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=50)
    credential_id = models.BinaryField(unique=True)
    public_key = models.BinaryField()
    uses = models.BigIntegerField(default=0)
    transports = ArrayField(models.CharField(max_length=20), default=list)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)


class RecoveryCode(models.Model):
    """A way in for who lost every factor: shown once, good once."""

    code_hash = IdField(primary_key=True)
    operator = models.ForeignKey(Operator, models.CASCADE, related_name="recovery_codes")
    used_at = models.DateTimeField(null=True)


class Challenge(models.Model):
    """What somebody must answer within minutes, once: a second factor, a passkey's signature, another issuer's word."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=20)
    operator = models.ForeignKey(Operator, models.CASCADE, null=True, related_name="+")
    asked = models.JSONField(default=dict)
    expires_at = models.DateTimeField(db_index=True)


class Letter(models.Model):
    """A mail to a person about their own sign-ins and factors, to the address they had then. `next_attempt_at` keeps two senders apart."""

    operator = models.ForeignKey(Operator, models.CASCADE, related_name="+")
    recipient = models.CharField(max_length=254)
    notice = models.CharField(max_length=30)
    about = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["next_attempt_at"], name="letter_waiting", condition=Q(next_attempt_at__isnull=False))]


class Brake(models.Model):
    """Recent failed tries of one kind. The key is a hash, for people type passwords into the username field."""

    key = IdField(primary_key=True)
    tries = ArrayField(models.DateTimeField(), default=list)
    last_at = models.DateTimeField(db_index=True)


class ApiClient(Scoped):
    """A program that calls the API. Tokens issued before `tokens_valid_from`, a whole second, are over.

    The secret before the present one works until `previous_until`.
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100, unique=True)
    secret_hash = models.CharField(max_length=64, blank=True)
    operations = ArrayField(models.CharField(max_length=40), default=list)
    is_active = models.BooleanField(default=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    tokens_valid_from = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    last_token_at = models.DateTimeField(null=True)
    previous_hash = models.CharField(max_length=64, blank=True, default="", db_default="")
    previous_until = models.DateTimeField(null=True)


class Use(models.Model):
    """What one client called on one day; an id of another issuer's has no row of its own elsewhere."""

    pk = models.CompositePrimaryKey("client_id", "day")
    client_id = IdField(max_length=300)
    day = models.DateField()
    calls = models.BigIntegerField()
    refusals = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["day"], name="use_by_day")]


class RevokedToken(models.Model):
    """One token that ended before its time; kept until it would have expired anyway."""

    jti = IdField(primary_key=True, max_length=150)
    expires_at = models.DateTimeField(db_index=True)


class SavedView(models.Model):
    """A list as its owner wants it, as the query string of its URL."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(Operator, models.CASCADE, related_name="views", db_index=False)
    section = IdField(max_length=40)
    name = models.CharField(max_length=50)
    query = models.CharField(max_length=2_000, blank=True)
    shared_with = models.ForeignKey(Role, models.SET_NULL, null=True, related_name="views")
    is_default = models.BooleanField(default=False)
    is_role_default = models.BooleanField(default=False)
    is_pinned = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shared_with", "section"], condition=Q(is_role_default=True), name="saved_view_one_default_a_role"),
            models.UniqueConstraint(fields=["owner", "section", "name"], name="saved_view_name_is_free"),
            models.UniqueConstraint(fields=["owner", "section"], condition=Q(is_default=True), name="saved_view_one_default"),
        ]

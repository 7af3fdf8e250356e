"""Passkeys: what a browser is asked to sign, and whether what it answers was signed by somebody we know, at this desk, with that person present."""

import json
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import webauthn
from django.conf import settings
from django.utils import timezone
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from backoffice.contracts.factors import Asked
from backoffice.operators import challenges
from backoffice.operators.models import Operator, Passkey

MAKE, SHOW = "passkey_made", "passkey_shown"
RP_NAME = "Meridian"
LONGEST_ANSWER = 20_000
TRANSPORTS = frozenset({"usb", "nfc", "ble", "internal", "hybrid", "cable", "smart-card"})
# A passkey is two factors in one only when its device has asked for a finger, a face or a PIN.
VERIFIED = UserVerificationRequirement.REQUIRED


class Site(NamedTuple):
    """What keys are bound to: the host, and the address that the browser says it is at."""

    id: str
    origin: str


def site() -> Site:
    parts = urlsplit(settings.PUBLIC_URL)
    return Site(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")


def ask_to_make(row: Operator) -> Asked:
    """Kept by the device, so that it can be found without a username; none that this person has already."""
    known = [PublicKeyCredentialDescriptor(id=bytes(one.credential_id)) for one in row.passkeys.all()]
    options = webauthn.generate_registration_options(
        rp_id=site().id,
        rp_name=RP_NAME,
        user_id=row.id.encode(),
        user_name=row.username,
        user_display_name=row.name,
        exclude_credentials=known,
        authenticator_selection=AuthenticatorSelectionCriteria(resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED),
    )
    return _asked(MAKE, options, row.id)


def ask_to_show() -> Asked:
    return _asked(SHOW, webauthn.generate_authentication_options(rp_id=site().id, user_verification=VERIFIED), None)


def made(challenge: str, answer: str, operator_id: str) -> Passkey | None:
    """Unsaved and unnamed; None when it is not what was asked for."""
    asked = challenges.take(MAKE, challenge)
    said = _read(answer)
    if asked is None or asked.operator_id != operator_id or said is None:
        return None
    try:
        found = webauthn.verify_registration_response(
            credential=said,
            expected_challenge=base64url_to_bytes(asked.asked["challenge"]),
            expected_rp_id=site().id,
            expected_origin=site().origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    return Passkey(
        operator_id=operator_id,
        credential_id=found.credential_id,
        public_key=found.credential_public_key,
        uses=found.sign_count,
        transports=_transports(said),
        created_at=timezone.now(),
    )


def shown(challenge: str, answer: str) -> Passkey | None:
    """The passkey that signed. One whose count does not grow has been copied, and is none."""
    asked = challenges.take(SHOW, challenge)
    said = _read(answer)
    row = _of(said) if asked and said else None
    if asked is None or row is None:
        return None
    try:
        found = webauthn.verify_authentication_response(
            credential=said or {},
            expected_challenge=base64url_to_bytes(asked.asked["challenge"]),
            expected_rp_id=site().id,
            expected_origin=site().origin,
            credential_public_key=bytes(row.public_key),
            credential_current_sign_count=row.uses,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    moved = Passkey.objects.filter(pk=row.pk, uses=row.uses).update(uses=found.new_sign_count, last_used_at=timezone.now())
    return row if moved else None


def _asked(kind: str, options: Any, operator_id: str | None) -> Asked:
    challenge = challenges.make(kind, {"challenge": bytes_to_base64url(options.challenge)}, operator_id=operator_id)
    return Asked(challenge=challenge, options=webauthn.options_to_json(options))


def _read(answer: str) -> dict[str, Any] | None:
    try:
        said = json.loads(answer) if len(answer) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _of(said: dict[str, Any]) -> Passkey | None:
    """By the id of the credential; whose it says it is must agree."""
    try:
        credential_id = base64url_to_bytes(said["rawId"])
        handle = said["response"].get("userHandle")
        owner = base64url_to_bytes(handle).decode() if handle else None
    except (KeyError, ValueError, TypeError, AttributeError):
        return None
    row = Passkey.objects.select_related("operator").filter(credential_id=credential_id).first()
    return row if row and owner in (None, row.operator_id) else None


def _transports(said: dict[str, Any]) -> list[str]:
    response = said.get("response")
    named = response.get("transports") if isinstance(response, dict) else None
    return [one for one in named if one in TRANSPORTS] if isinstance(named, list) and all(isinstance(one, str) for one in named) else []

"""What a user and an account must be. Pure; faults are {wire field: [reasons]}."""

import re

USER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
# Only what every mail system agrees on: one @, no blanks or control characters, a host with a dot.
EMAIL = re.compile(r"[^@\s<>(),;:\"\[\]\\]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
LONGEST_EMAIL, LONGEST_USER_NAME, LONGEST_ACCOUNT_NAME = 254, 100, 50

Faults = dict[str, list[str]]


def user_faults(email: str, name: str | None) -> Faults:
    found: Faults = {}
    if len(email) > LONGEST_EMAIL or not EMAIL.fullmatch(email) or not email.isprintable():
        found["email"] = ["must be an e-mail address"]
    if name is not None and not is_name(name, LONGEST_USER_NAME):
        found["name"] = [f"must be 1 to {LONGEST_USER_NAME} printable characters without outer blanks"]
    return found


def account_faults(name: str) -> Faults:
    if is_name(name, LONGEST_ACCOUNT_NAME):
        return {}
    return {"accountName": [f"must be 1 to {LONGEST_ACCOUNT_NAME} printable characters without outer blanks"]}


def is_name(text: str, longest: int) -> bool:
    return 0 < len(text) <= longest and text == text.strip() and text.isprintable()

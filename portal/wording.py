"""What states, acts and doors are called, and the colour of each state."""

from collections.abc import Mapping

# A state's colour: ok is well, wait asks for attention, bad is broken, part is under way; the rest stays grey.
PILLS = {
    "ok": ("Open", "Connected", "Active", "Applied", "Exported", "Created", "Completed", "Delivered"),
    "wait": ("Paused", "Previewed", "Queued", "InProcess", "Disconnected", "AwaitingConfirmation", "Pending", "Frozen"),
    "bad": ("Halted", "Failed", "Invalid", "Dead", "Refused"),
    "part": ("Reading", "Applying", "Updated", "Waiting"),
}
PILL_OF = {state: pill for pill, states in PILLS.items() for state in states}
SPELLED = {"cfd": "CFD", "fx": "FX", "etf": "ETF", "ndf": "NDF", "perp": "perpetual", "ttl": "TTL", "api": "API", "crm": "CRM", "csv": "CSV"}
PAST = {
    "create": "created",
    "update": "changed",
    "patch": "changed",
    "delete": "removed",
    "replace": "changed",
    "upload": "uploaded",
    "apply": "applied",
    "run": "applied",
    "repair": "repaired",
    "discard": "discarded",
    "undo": "undid",
    "export": "exported",
    "remap": "mapped",
    "sync": "synchronised",
    "save_preset": "saved a mapping for",
    "delete_preset": "removed a mapping of",
    "set_password": "set the password of",
    "change_password": "changed their password",
    "end_sign_in": "ended a session",
    "rotate": "renewed the secret of",
    "revoke_tokens": "revoked the tokens of",
    "save_view": "saved a view",
    "delete_view": "removed a view",
    "sign_in": "signed in",
    "sign_out": "signed out",
}
NOUNS = {
    "assets": "the asset",
    "markets": "the market",
    "market_groups": "the group",
    "calendars": "the calendar",
    "liquidity_sessions": "the liquidity session",
    "categories": "the category tree",
    "market_files": "the file",
    "operators": "the operator",
    "roles": "the role",
    "api_clients": "the API client",
    "own": "",
    "identity": "",
    "users": "the client",
    "accounts": "the account",
    "account_groups": "the account group",
    "transfers": "the transfer",
    "callbacks": "the callback",
    "books": "the books",
    "rates": "rates",
}
# Where verb and noun alone would not read well.
PHRASES: Mapping[str, str] = {
    "transfers.deposit": "made the deposit",
    "transfers.withdraw": "asked for the withdrawal",
    "transfers.confirm": "confirmed the withdrawal",
    "transfers.cancel": "canceled the withdrawal",
    "callbacks.replay": "had the callback sent again",
    "callbacks.replay_failed": "had dead callbacks sent again",
    "callbacks.resume_host": "resumed callbacks to",
    "callbacks.allow_hosts": "changed the callback hosts of",
    "callbacks.make_secret": "made a callback secret for",
    "callbacks.end_previous_secret": "ended the previous callback secret of",
    "books.audit": "audited the books",
    "books.reopen": "reopened the books",
    "rates.set_root": "chose the root asset",
    "rates.replace_root": "chose another root asset",
    "rates.set_prices": "set prices",
}
DOORS: Mapping[str, str] = {"api": "the API", "portal": "the portal", "cli": "the command line", "job": "the worker"}

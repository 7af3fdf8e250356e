"""The sections of the portal: what the sidebar, the palette and the g-keys offer to an actor."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.urls import reverse

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import SavedView
from backoffice.services import back_api, desk

VIEW, MARKETS, TRANSFERS = "view-common", "manage-markets", "view-transfers"
COMMISSIONS = "view-commission-rules"
REPORTS = "view-reports"
MAILBOX = "portal:mailbox-list"


class Section(NamedTuple):
    """`go` is the letter after g; the section is hidden from whoever lacks `operation`."""

    label: str
    icon: str
    url_name: str
    go: str
    operation: str = VIEW


# Pages of a section whose addresses do not begin like its own.
ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    "portal:clients-list": ("/accounts/", "/new/client/"),
    "portal:account-groups-list": ("/new/account-group/",),
    "portal:commissions-list": ("/commissions/files/", "/new/commission-profile/"),
    "portal:commissions-assignments": ("/new/commission-assignment/",),
}


# Lists whose addresses are not called as the section of their saved views.
LISTS: Mapping[str, str] = {
    "access-review": "portal:access-review",
    "account-asset-commissions": "portal:commission-totals-account-assets",
    "account-balances": "portal:balances-accounts",
    "account-commissions": "portal:commission-totals-accounts",
    "asset-commissions": "portal:commission-totals-assets",
    "client-asset-commissions": "portal:commission-totals-client-assets",
    "client-balances": "portal:balances-clients",
    "client-commissions": "portal:commission-totals-clients",
    "closed-positions": "portal:positions-closed",
    "commission-changes": "portal:commissions-changes",
    "external-orders": "portal:orders-external",
    "funding-payments": "portal:positions-funding",
    "open-orders": "portal:orders-open",
    "position-swaps": "portal:positions-swaps",
    "unsolicited-trades": "portal:trades-unsolicited",
}


class Act(NamedTuple):
    """Something to start from anywhere, by the palette."""

    label: str
    icon: str
    url_name: str
    operation: str


class Entry(NamedTuple):
    label: str
    icon: str
    href: str
    go: str
    is_current: bool


SECTIONS: Sequence[tuple[str, Sequence[Section]]] = (
    (
        "",
        (
            Section("Home", "house", "portal:home", "h", operations.OWN),
            Section("Approvals", "user-check", "portal:approvals-list", "v", operations.OWN),
            Section("Notifications", "bell", "portal:notifications-list", "q"),
        ),
    ),
    (
        "Money",
        (
            Section("Clients", "users-round", "portal:clients-list", "u"),
            Section("Transfers", "arrow-right-left", "portal:transfers-list", "w", TRANSFERS),
            Section("Callbacks", "webhook", "portal:callbacks-list", "k", TRANSFERS),
            Section("Account groups", "layers", "portal:account-groups-list", "i"),
            Section("Rates", "percent", "portal:rates-show", "x"),
            Section("Proof", "book-check", "portal:proof-show", "b", "view-balances"),
        ),
    ),
    (
        "History",
        (
            Section("Overview", "chart-spline", "portal:history-dashboard", "1", "view-commissions"),
            Section("Orders", "list-ordered", "portal:orders-list", "2", "view-orders"),
            Section("Trades", "arrow-left-right", "portal:trades-list", "3", "view-trades"),
            Section("Positions", "layers-2", "portal:positions-list", "4", "view-trades"),
            Section("Balances", "wallet", "portal:balances-clients", "5", "view-balances"),
            Section("Commissions", "hand-coins", "portal:commission-totals-clients", "6", "view-commissions"),
            Section("Revenue", "trending-up", "portal:revenue-list", "7", "view-markup-revenue"),
            Section("Billing", "receipt-text", "portal:billing-show", "8", "view-billing-info"),
        ),
    ),
    (
        "Reports",
        (
            Section("Reports", "file-chart-column", "portal:reports-list", "9", REPORTS),
            Section("Templates", "file-clock", "portal:report-templates-list", "0", REPORTS),
            Section("Mailbox", "mailbox", MAILBOX, "z", REPORTS),
        ),
    ),
    (
        "Commissions",
        (
            Section("Profiles", "badge-percent", "portal:commissions-list", "s", COMMISSIONS),
            Section("Assignments", "list-ordered", "portal:commissions-assignments", "n", COMMISSIONS),
            Section("Change sets", "file-pen-line", "portal:commissions-changes", "d", COMMISSIONS),
            Section("What would it pay?", "calculator", "portal:commissions-explain", "y", COMMISSIONS),
        ),
    ),
    (
        "Catalogue",
        (
            Section("Markets", "chart-candlestick", "portal:markets-list", "m"),
            Section("Assets", "coins", "portal:assets-list", "a"),
            Section("Groups", "boxes", "portal:groups-list", "g"),
            Section("Categories", "folder-tree", "portal:categories-show", "e"),
            Section("Calendars", "calendar-clock", "portal:calendars-list", "c"),
            Section("Liquidity", "cable", "portal:liquidity-list", "l"),
            Section("Files", "files", "portal:files-list", "f", MARKETS),
        ),
    ),
    (
        "Settings",
        (
            Section("Operators", "users", "portal:operators-list", "o", "manage-operators"),
            Section("Roles", "shield", "portal:roles-list", "r", "manage-operators"),
            Section("Access", "shield-question-mark", "portal:access-ask", "j", "manage-operators"),
            Section("API clients", "plug", "portal:api-clients-list", "p", "manage-api-clients"),
            Section("Audit trail", "history", "portal:audit-list", "t", "view-audit"),
        ),
    ),
)

ACTS: Sequence[Act] = (
    Act("New deposit", "banknote-arrow-down", "portal:transfers-deposit", "manage-transfers"),
    Act("New withdrawal", "banknote-arrow-up", "portal:transfers-withdraw", "manage-transfers"),
    Act("Create a client", "user-plus", "portal:clients-create", "manage-accounts"),
    Act("Make a report", "file-chart-column", "portal:reports-create", "manage-reports"),
    Act("Create a report template", "file-clock", "portal:report-templates-create", "manage-reports"),
    Act("Ask what an order would pay", "calculator", "portal:commissions-explain", COMMISSIONS),
    Act("Create a commission profile", "badge-percent", "portal:commissions-create", "manage-commission-rules"),
    Act("Upload a file of commission rules", "upload", "portal:commissions-files-upload", "manage-commission-rules"),
    Act("Assign a commission profile", "list-ordered", "portal:commissions-assignments-create", "manage-commission-rules"),
    Act("Create a market", "plus", "portal:markets-create", MARKETS),
    Act("Create an internal asset", "plus", "portal:assets-create", "manage-assets"),
    Act("Create a calendar", "plus", "portal:calendars-create", MARKETS),
    Act("Upload a file of markets", "upload", "portal:files-upload", MARKETS),
)


def sections_for(actor: Actor, path: str) -> list[tuple[str, list[Entry]]]:
    """Headings with the sections the actor may open."""
    shown = [(heading, [_entry(section, path) for section in sections if _is_there(actor, section)]) for heading, sections in SECTIONS]
    return [(heading, entries) for heading, entries in shown if entries]


def pinned_for(actor: Actor) -> list[Entry]:
    """Views that the actor keeps in the sidebar."""
    return [Entry(view.name, "pin", address_of(view), "", False) for view in desk().own.pinned(actor)]


def address_of(view: SavedView) -> str:
    """Of a list as a saved view has it."""
    return f"{reverse(LISTS.get(view.section, f'portal:{view.section}-list'))}?{view.query}&view={view.id}"


def acts_for(actor: Actor) -> list[Entry]:
    return [Entry(act.label, act.icon, reverse(act.url_name), "", False) for act in ACTS if actor.may(act.operation)]


def _is_there(actor: Actor, section: Section) -> bool:
    return actor.may(section.operation) and (section.url_name != MAILBOX or back_api().report_mail.has_mailbox(actor))


def _entry(section: Section, path: str) -> Entry:
    href = reverse(section.url_name)
    is_current = path == href or (href != "/" and path.startswith(href)) or path.startswith(ELSEWHERE.get(section.url_name, ()))
    return Entry(section.label, section.icon, href, section.go, is_current)

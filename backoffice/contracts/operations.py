"""The operations a role is made of: the contract's words, then those of this desk."""

from typing import Final

CONTRACT: Final = {
    "trading-ui": "Trade in the terminal",
    "view-common": "See assets, markets, groups, calendars, users and accounts",
    "view-balances": "See balances",
    "view-transfers": "See transfers",
    "manage-transfers": "Make, confirm and cancel transfers",
    "view-trades": "See trades",
    "view-orders": "See orders",
    "view-commissions": "See commissions charged",
    "view-commission-rules": "See commission rules",
    "manage-commission-rules": "Change commission rules",
    "manage-markets": "Create and change markets, groups, calendars and liquidity sessions; import and export market files",
    "manage-markets-categories": "Change the tree of market categories",
    "manage-assets": "Create and change internal assets; set prices and rates",
    "manage-charts": "Download price history",
    "view-reports": "See and download reports",
    "manage-reports": "Make reports and report templates",
    "manage-accounts": "Create and change users, accounts and account groups",
    "view-active-accounts": "See active accounts",
    "view-billing-info": "See billing figures",
    "view-markup-revenue": "See markup revenue",
}
DESK: Final = {
    "view-personal-data": "See names and e-mail addresses of clients in the portal",
    "view-audit": "See the audit trail of everything",
    "audit-books": "Audit the books and reopen money after a violation",
    "manage-operators": "Invite, change and end operators and their sessions",
    "manage-roles": "Create and change roles",
    "manage-api-clients": "Create API clients, rotate and revoke their secrets",
    "decide-approvals": "Approve or deny what others ask for, of the operations one holds",
    "manage-approval-policies": "Say which calls wait for the approval of others",
    "break-glass": "Do alone, in an emergency, what others should approve; everybody is told",
}
ALL: Final = CONTRACT | DESK
# Every signed-in operator or API client holds this one: their own sessions, views and settings.
OWN: Final = "own"
# Held by the desk's own jobs alone; no role and no token can carry it.
WORKER: Final = "worker"

"""What each page is for and what its words mean: one table for the help panel, the page of all help, and its search."""

from collections.abc import Sequence
from typing import NamedTuple


class Topic(NamedTuple):
    """`names` are beginnings of URL names. `words` mean something of their own there. `doc` is the chapter of the handbook."""

    key: str
    title: str
    names: tuple[str, ...]
    purpose: str
    words: Sequence[tuple[str, str]] = ()
    doc: str = ""


TOPICS: Sequence[Topic] = (
    Topic(
        "home",
        "Home",
        ("home", "palette"),
        "What waits for a person comes first, then today's figures. Each line leads to the page where it is settled.",
        (("Inbox", "What somebody has to decide or mend."), ("Root asset", "The one asset in which worth is added up.")),
        "docs/portal.md",
    ),
    Topic(
        "clients",
        "Clients and accounts",
        ("clients-", "accounts-"),
        "Who trades here, with which accounts, and every change of every balance.",
        (
            ("Available", "What may be traded or withdrawn: the balance less what is held."),
            ("Hold", "Money set aside for a withdrawal or an order; it is still the client's."),
            ("Frozen", "The account sees its money and moves none of it."),
            ("Entry", "One line of the ledger: numbered without gaps, never changed."),
        ),
        "docs/accounts.md",
    ),
    Topic(
        "transfers",
        "Transfers",
        ("transfers-",),
        "Deposits and withdrawals: asked for here or by a program, confirmed or canceled by a person where that is needed.",
        (
            ("Awaiting confirmation", "The money is held; confirming takes it out of the books, canceling gives it back."),
            ("Deduplication id", "The caller's own id: sent twice, it is one transfer."),
        ),
        "docs/transfers.md",
    ),
    Topic(
        "callbacks",
        "Callbacks",
        ("callbacks-",),
        "What the desk tells the programs that asked for transfers, step by step, signed, until they answer.",
        (
            ("Dead", "Given up after the last try; sending again starts a fresh schedule."),
            ("Paused host", "It failed so often that nothing is tried there until a person resumes it."),
        ),
        "docs/callbacks.md",
    ),
    Topic(
        "account-groups",
        "Account groups",
        ("account-groups-",),
        "Accounts of one kind: commissions are assigned to groups, and rights may be limited to them.",
        (),
        "docs/accounts.md",
    ),
    Topic(
        "rates",
        "Rates",
        ("rates-",),
        "What each asset is worth in the root asset. It is for adding up and for reports; no balance changes by it.",
        (("Root asset", "The one asset in which worth is added up; it is chosen once."),),
        "docs/accounts.md",
    ),
    Topic(
        "proof",
        "Proof",
        ("proof-",),
        "Whether the books balance: every balance against every entry, every entry against what made it.",
        (("Closed books", "A proof failed: money is read-only until a person says why it may be moved again."),),
        "docs/books.md",
    ),
    Topic(
        "history",
        "History of trading",
        ("history-", "orders-", "executions-", "trades-", "positions-"),
        "What was ordered, what was traded, what stands open. Lists are filtered by the same language as reports.",
        (
            ("External order", "The part of an order that went to a liquidity provider."),
            ("Unsolicited trade", "A trade that a provider told of and nobody ordered."),
            ("Markup", "What stands between the provider's price and the client's."),
            ("Swap", "What a position pays or gets for a night."),
        ),
        "docs/history.md",
    ),
    Topic(
        "totals",
        "Balances, commissions, revenue, billing",
        ("balances-", "commission-totals-", "revenue-", "billing-"),
        "Sums over accounts and periods, exact to the last digit, and equal to the records that they come from.",
        (
            ("In root", "Worth in the root asset at the rate of the moment it happened."),
            ("Billing", "What the month costs by kind of market."),
        ),
        "docs/totals.md",
    ),
    Topic(
        "reports",
        "Reports",
        ("reports-", "report-templates-", "mailbox-", "subscription"),
        "Rows of a source as a file: once, or by a template on a schedule, mailed to whoever asked.",
        (
            ("Template", "What a report asks for, kept to be asked again."),
            ("Window", "The period a scheduled report is about; one follows the other without a gap."),
            ("Receipt", "What a file holds and its checksum, to prove it by."),
        ),
        "docs/reports.md",
    ),
    Topic(
        "commissions",
        "Commissions",
        ("commissions-",),
        "What clients pay for trading. The first assignment that fits names the profile, the first rule in it that fits names the fee.",
        (
            ("Profile", "An ordered list of rules; the default rule catches what no other one does."),
            ("Assignment", "Who pays by which profile; the first one that fits counts."),
            ("Change set", "Changes kept as a draft: looked at, scheduled, applied at once, undone."),
            ("Impact", "What a past period would have earned under the draft."),
        ),
        "docs/commissions.md",
    ),
    Topic(
        "markets",
        "Markets",
        ("markets-",),
        "What can be traded and how: status, sizes, hours, where prices and orders come from.",
        (
            ("Paused", "New orders are refused, what is open stays open."),
            ("Halted", "Trading stops at once, canceling included."),
            ("Disabled", "Clients do not see it."),
        ),
        "docs/markets.md",
    ),
    Topic(
        "catalogue",
        "Assets, groups, categories, liquidity",
        ("assets-", "groups-", "categories-", "liquidity-"),
        "What markets are made of and how they are sorted.",
        (
            ("CRM asset", "Comes from outside and is only read here; internal ones are made here."),
            ("Market group", "Commission rules and rights name groups."),
            ("Category", "Where clients find a market in the terminal; a tree in the order that they see."),
            ("Liquidity session", "A connection to a provider, for orders or for prices."),
        ),
        "docs/markets.md",
    ),
    Topic(
        "calendars",
        "Calendars",
        ("calendars-",),
        "When markets are open: the hours of a week in the calendar's own zone, and the dates that differ.",
        (("Override", "A date with other hours, or none."),),
        "docs/markets.md",
    ),
    Topic(
        "files",
        "Files of markets",
        ("files-",),
        "Markets in and out as files: checked row by row and shown before anything changes; applied in one step, undone in one.",
        (("Preset", "A kept mapping of somebody else's columns to ours."), ("Incorrect rows", "Come back as a file with the reason in each row.")),
        "docs/market-files.md",
    ),
    Topic(
        "notifications",
        "Notifications",
        ("notifications-", "notification-"),
        "What the desk tells its operators, as it happens. Each of us reads and subscribes for ourselves.",
        (("Severity", "How loud: information, a warning, or something that must not wait."),),
        "docs/runbooks.md",
    ),
    Topic(
        "approvals",
        "Approvals",
        ("approvals-", "approval-", "inbox"),
        "Dangerous calls wait here until others agree to exactly what is shown. Whoever asked is never the one who approves.",
        (
            ("Policy", "Which calls wait, under which condition, and for how many others."),
            ("Stale", "What would be done is no longer what was shown: it is refused, and asked for anew."),
            ("Break glass", "To go ahead alone in an emergency. It is loud and on record."),
        ),
        "docs/portal.md",
    ),
    Topic(
        "people",
        "Operators, roles, rights",
        ("operators-", "roles-", "sign-ins-", "rights-", "access-"),
        "Who works here and what each may do. Nobody gives away what they do not hold.",
        (
            ("Role", "A set of operations, and how far it reaches."),
            ("Operation", "One right, as manage-markets; pages name the one that is missing."),
        ),
        "docs/operations.md",
    ),
    Topic(
        "api-clients",
        "API clients",
        ("api-clients-",),
        "Programs that call the desk: what they may do, their secrets, where they are called back.",
        (("Rotate", "A new secret; the old one ends."), ("Callback secret", "What callbacks are signed with.")),
        "docs/api.md",
    ),
    Topic(
        "audit",
        "Audit trail",
        ("audit-",),
        "Who did what, through which door, with before and after. Nothing is ever taken out of it.",
        (("Door", "How somebody came: portal, API, command line or a job."), ("Request", "Its id is in the logs, too.")),
        "docs/operations.md",
    ),
    Topic(
        "own",
        "Yourself",
        ("own-", "me-", "views-", "preferences"),
        "Your password and what else proves that it is you, where you are signed in, how you like the desk.",
        (),
        "docs/portal.md",
    ),
)


def topic_of(url_name: str) -> Topic | None:
    """By the longest beginning that fits, as account-groups- goes before accounts-."""
    fitting = [(len(name), topic) for topic in TOPICS for name in topic.names if url_name.startswith(name)]
    return max(fitting, key=lambda one: one[0])[1] if fitting else None

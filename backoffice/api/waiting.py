"""Which routes may answer 202, because a policy can hold what they call; a test holds this against the guard's own table."""

from backoffice.api.routes import FILES, RULE, TRANSFERS, V2, Route

# It makes a file, although it is a GET.
ALSO = {("GET", f"{V2}/markets/download")}
# They only look, only prepare, or answer in a shape of their own when they wait.
NEVER = {
    ("POST", FILES),
    ("POST", f"{RULE}/validate-update"),
    ("POST", f"{RULE}/validate-delete"),
    ("POST", f"{V2}/commission-rules/file"),
    ("POST", f"{V2}/books/audit"),
    ("POST", f"{V2}/report-previews"),
    ("POST", "/api/charting"),
    ("POST", f"{TRANSFERS}/deposit"),
    ("POST", f"{TRANSFERS}/withdrawal"),
}
HOLDABLE = ("manage-", "audit-books")


def may_wait(route: Route) -> bool:
    asked = (route.method, route.path)
    return asked in ALSO or (route.method != "GET" and (route.operation or "").startswith(HOLDABLE) and asked not in NEVER)

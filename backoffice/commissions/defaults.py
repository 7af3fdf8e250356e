"""What every desk has from the first need on: a default profile that charges nothing, for everybody whom no assignment names."""

from django.db import connection, transaction

from backoffice.commissions.models import Assignment, AssignmentList, Profile, Rule
from backoffice.contracts.rule_book import DEFAULT_PROFILE

# Two that need it at the same moment make it once.
LOCK = 4_217_004
RULE, ASSIGNMENT = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"


def ready() -> None:
    """Before whatever reads or writes rows by themselves."""
    if not Profile.objects.filter(pk=DEFAULT_PROFILE).exists():
        ensure()


@transaction.atomic
def ensure() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    if Profile.objects.filter(pk=DEFAULT_PROFILE).exists():
        return
    Profile.objects.create(id=DEFAULT_PROFILE, name="Default", is_default=True)
    Rule.objects.create(id=RULE, profile_id=DEFAULT_PROFILE, is_default=True, spot_size=0, cfd_type="PerVolume", cfd_size=0, min_fee_rat=0)
    Assignment.objects.create(id=ASSIGNMENT, profile_id=DEFAULT_PROFILE)
    AssignmentList.objects.create(id=1)

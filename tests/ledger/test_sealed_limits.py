"""What was said of negative limits is covered by seals, like entries."""

import pytest

from ledger.audit import seals
from ledger.audit.verify import verify
from ledger.models import Seal
from ledger.posting import owner_settings
from tests.factories import a_paid_intent, a_platform
from tests.ledger.test_attacked_proofs import as_after_a_restore, as_owner
from tests.ledger.test_seals import books, broken, seal_settled

pytestmark = pytest.mark.django_db(transaction=True)

LIMIT = "UPDATE ledger_guardedbalance SET negative_limit = {0} WHERE negative_limit = 320"


def seal_limit() -> None:
    """A limit that somebody set, and a seal over it."""
    platform = a_platform()
    a_paid_intent(platform)
    seal_settled()
    owner_settings.set_negative_limit(
        owner=platform.account_id, currency="usd", amount=3_20, by="olga", livemode=False
    )
    a_paid_intent(platform)
    seal_settled()
    assert broken() == []


@pytest.mark.parametrize(
    "statements",
    [
        # Somebody else did it; it was another limit; it never was; and one more than there was.
        ("UPDATE ledger_limitchange SET changed_by = 'eve'",),
        (LIMIT.format(900), "UPDATE ledger_limitchange SET after = 900"),
        (LIMIT.format(1_000_000_000_000), "DELETE FROM ledger_limitchange"),
        (
            LIMIT.format(900),
            "INSERT INTO ledger_limitchange (account_id, before, after, changed_by, changed_at, "
            "xid, base_posting_id) SELECT account_id, after, 900, 'olga', changed_at, xid, "
            "base_posting_id FROM ledger_limitchange",
        ),
    ],
)
def test_who_rewrites_both_the_limit_and_what_was_stated_is_found(statements):
    seal_limit()

    as_owner(*statements)

    assert {finding.check for finding in verify()} == {"C11"}
    (found,) = broken()
    assert found.number == Seal.objects.count()
    assert "negative limit" in found.detail


def test_seals_over_limits_hold_after_a_restore():
    seal_limit()
    as_owner("SELECT ledger_rebase()")
    platform = a_platform()
    owner_settings.set_negative_limit(
        owner=platform.account_id, currency="usd", amount=5, by="olga", livemode=False
    )
    a_paid_intent(platform)
    as_after_a_restore()

    seals.seal_all()

    assert broken() == []


def test_seals_are_as_they_were_where_no_limit_was_changed():
    books(1)
    seal_settled()
    roots = list(Seal.objects.order_by("number").values_list("root", flat=True))
    platform = a_platform()
    owner_settings.set_negative_limit(
        owner=platform.account_id, currency="usd", amount=5, by="olga", livemode=False
    )

    assert broken() == []
    assert list(Seal.objects.order_by("number").values_list("root", flat=True)) == roots

"""What is known of the accounts that take live payments: whether they can be relied on."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from processors.accounts import checks, kinds, sealing, snapshot
from processors.accounts.kinds import KINDS
from processors.models import ProcessorAccount
from processors.protocols.instruments import ShowsCardFields
from processors.states import AccountStatus


@dataclass(frozen=True, slots=True)
class Readiness:
    """How far an account is that takes live payments.

    Args:
        name: The account's.
        checked_at: When it was checked with what opens it now; None if it was not.
        is_good: True if the last check found nothing to be mended, and nothing is refused since.
        wants_notices: True if its processor signs notices.
        last_notice_at: When one came last; None if none did.
        settlement_bank: Where the processor pays out to, in somebody's words.
        shows_cards: True if payers can type cards into its processor's own fields on our pages;
            None for a rail that has none, or takes no cards.
    """

    name: str
    checked_at: datetime | None
    is_good: bool
    wants_notices: bool
    last_notice_at: datetime | None
    settlement_bank: str
    shows_cards: bool | None


def live_accounts() -> list[Readiness]:
    """Return the accounts that take new live payments."""
    rows = ProcessorAccount.objects.filter(livemode=True, status=AccountStatus.ENABLED)
    return [
        _describe(row)
        for row in rows.order_by("name")
        if (kind := KINDS.get(row.kind)) is not None and kind.takes_payments
    ]


def _describe(row: ProcessorAccount) -> Readiness:
    return Readiness(
        row.name,
        row.checked_at,
        checks.is_good(checks.last(row)) and row.refused_since is None,
        KINDS[row.kind].notice_secret is not None,
        row.last_notice_at,
        row.settlement_bank,
        _shows_cards(row),
    )


def _shows_cards(row: ProcessorAccount) -> bool | None:
    methods = row.methods or KINDS[row.kind].capabilities.methods
    try:
        rail = kinds.make(snapshot.view(row, at=timezone.now()))
    except ImportError:
        # Its package is not installed.
        return None
    if not isinstance(rail, ShowsCardFields) or "card" not in methods:
        return None
    return rail.card_fields() is not None


def open_all() -> None:
    """Read what opens every account, to see whether it can be read.

    Raises:
        cryptography.exceptions.InvalidTag: If one cannot.
    """
    for row in ProcessorAccount.objects.order_by("name"):
        sealing.open_credentials(row.name, row.sealed_credentials)
        sealing.open_notice_secrets(row.name, row.sealed_notice_secrets)

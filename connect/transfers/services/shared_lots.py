"""The two sides of a shared charge, and where its money may still be."""

from connect.models import ApplicationFee
from core.database.transactions import require_transaction
from ledger.posting import lots
from ledger.posting.lots import Lot
from ledger.queries import funds_of
from operations.unit_of_work import UnitOfWork


class SharedLots:
    """A platform and a seller, with their lots of one charge.

    Kept together because one transaction may move money in and out of the same
    lot several times before anything is posted.

    Args:
        platform_id: Whose the platform's lot is.
        seller_id: Whose the seller's lot is.
        platform: What the platform still has pending of the charge.
        seller: What the seller still has pending of it.
        group: The business object that entries belong to.
        currency: Of the platform's lot, and of the seller's if that was not exchanged.
    """

    def __init__(
        self,
        platform_id: str,
        seller_id: str,
        platform: Lot,
        seller: Lot,
        *,
        group: str,
        currency: str,
    ) -> None:
        self.platform_id = platform_id
        self.seller_id = seller_id
        self.platform = platform
        self.seller = seller
        self.group = group
        self.currency = currency

    @classmethod
    def of_fee(cls, fee: ApplicationFee, work: UnitOfWork) -> "SharedLots":
        """Find the lots of the charge that a locked fee is a cut of, and keep others away.

        Args:
            fee: Locked.
            work: What it has taken out of them, and put in, counts already.
        """
        require_transaction()
        source = fee.source
        lots.lock_source(source)
        funds = funds_of(source)
        platform, seller = (
            work.left_of(
                lots.find(
                    owner=owner,
                    source=source,
                    day=fee.available_on,
                    currency=currency,
                    livemode=fee.livemode,
                ),
                owner,
            )
            for owner, currency in (
                (fee.account_id, fee.currency),
                (fee.seller_id, fee.payment_currency or fee.currency),
            )
        )
        group = funds.group if funds else fee.source
        return cls(
            fee.account_id, fee.seller_id, platform, seller, group=group, currency=fee.currency
        )

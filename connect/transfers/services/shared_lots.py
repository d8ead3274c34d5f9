"""The lots of a charge that a platform shares with a seller."""

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
        platform_id: The platform, `acct_...`.
        seller_id: The seller, `acct_...`.
        platform: The platform's lot of the charge.
        seller: The seller's lot of the charge.
        group: The group of the entries.
        currency: Of the platform's lot, and of the seller's unless it was converted.
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
        """Lock the charge of an application fee, and find the lots of both parties.

        Args:
            fee: A locked fee.
            work: The unit of work whose entries count already.
        """
        require_transaction()
        source = fee.source
        lots.lock_source(source)
        funds = funds_of(source)
        platform, seller = (
            work.projected_lot(
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

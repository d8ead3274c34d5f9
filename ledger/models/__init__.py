from ledger.models.accounts import GuardedBalance, LedgerAccount, LimitChange
from ledger.models.balance_transactions import BalanceTransaction
from ledger.models.folds import Fold, FoldHorizon, Numbering
from ledger.models.holds import Hold, HoldEvent
from ledger.models.journal import JournalEntry, Posting
from ledger.models.registry import ChartCode, Kind, Location
from ledger.models.seals import Seal, VerifyRun
from ledger.models.snapshots import Snapshot, SnapshotHorizon

__all__ = [
    "BalanceTransaction",
    "ChartCode",
    "Fold",
    "FoldHorizon",
    "GuardedBalance",
    "Hold",
    "HoldEvent",
    "JournalEntry",
    "Kind",
    "LedgerAccount",
    "LimitChange",
    "Location",
    "Numbering",
    "Posting",
    "Seal",
    "Snapshot",
    "SnapshotHorizon",
    "VerifyRun",
]

"""The processor accounts that know a payment method, by which names, and what they say of it."""

from datetime import datetime
from typing import Final

from core.database.locking import lock_rows
from core.database.transactions import require_transaction
from core.ids import new_id
from core.security import encryption
from core.types import JsonObject
from operations.unit_of_work import UnitOfWork
from payments.methods.services import fingerprints
from payments.models import Instrument, PaymentMethod
from processors.protocols.base import Outcome
from processors.protocols.instruments import ChargedAccount, ChargedCard

PURPOSE: Final = "instruments at processors"
# What is shown of a card until its processor has said more.
UNKNOWN: Final = "unknown"


def accounts_of(method: PaymentMethod) -> frozenset[str] | None:
    """Return the processor accounts that can charge a method; None if any may.

    Nothing is asked of the database: who chooses a rail calls this for every payment.
    """
    return None if method.instrument else frozenset(method.known_at)


def draft(method: PaymentMethod, processor: str, token: str, *, at: datetime) -> Instrument:
    """Build a processor account's instrument of a method, without saving it."""
    id = new_id("ins")
    return Instrument(
        id=id,
        account_id=method.account_id,
        livemode=method.livemode,
        payment_method=method,
        processor=processor,
        sealed_token=_seal(id, token),
        created_at=at,
    )


def load(method: PaymentMethod, processor: str) -> "Known":
    """Return what is known of a method at a processor account, with one query at most."""
    rows: list[Instrument] = []
    if method.known_at:
        rows = list(Instrument.objects.filter(payment_method=method).order_by("created_at"))
    return Known(method, processor, rows)


class Known:
    """A method as one processor account knows it, and the network.

    Args:
        method: The method.
        processor: The account's name.
        rows: All instruments of the method, the oldest first.
    """

    def __init__(self, method: PaymentMethod, processor: str, rows: list[Instrument]) -> None:
        self.row = next((row for row in rows if row.processor == processor), None)
        self._method, self._rows = method, rows

    @property
    def token(self) -> str:
        """Return what the processor calls it: the vault's name if it has none of its own."""
        return unseal(self.row) if self.row else self._method.instrument

    @property
    def is_kept(self) -> bool:
        """Tell whether the processor has it already, to charge it again."""
        return self.row is not None and self.row.is_reusable

    @property
    def network_transaction_id(self) -> str | None:
        """Return what the network calls the payer's agreement, at whichever account it was made."""
        rows = [self.row] if self.row else []
        ids = (row.network_transaction_id for row in (*rows, *self._rows))
        return next((id for id in ids if id), None)


def learn(
    work: UnitOfWork, method: PaymentMethod, processor: str, outcome: Outcome, *, keeps: bool
) -> list[str]:
    """Write down what an outcome says of a method: its card, its name there, its agreement.

    Args:
        work: The unit of work.
        method: The method that was charged, or verified.
        processor: The account's name.
        outcome: The rail's.
        keeps: True if the method is to be charged again.

    Returns:
        The columns of the method that changed; the caller writes them.
    """
    columns = [*_learn_card(method, outcome.card), *_learn_account(method, outcome.account)]
    agreed = outcome.network_transaction_id if keeps else None
    if outcome.instrument is None and agreed is None:
        return columns
    require_transaction()
    # Two charges of one method may be answered at once.
    method.known_at = lock_rows(PaymentMethod.objects.all()).get(id=method.id).known_at
    row = Instrument.objects.filter(payment_method=method, processor=processor).first()
    is_new = row is None
    row = row or draft(method, processor, method.instrument, at=work.at)
    if outcome.instrument is not None:
        row.sealed_token, row.is_reusable = _seal(row.id, outcome.instrument), True
    row.network_transaction_id = agreed or row.network_transaction_id
    if shown := outcome.card or outcome.account:
        row.fingerprint = shown.fingerprint or row.fingerprint
    if is_new:
        work.insert(row)
    else:
        work.update(row, "sealed_token", "is_reusable", "network_transaction_id", "fingerprint")
    if processor not in method.known_at:
        method.known_at = [*method.known_at, processor]
        columns.append("known_at")
    return columns


def show(method: PaymentMethod, shown: ChargedCard | ChargedAccount) -> None:
    """Set what a processor says of a new method's card or account, which is not saved yet.

    The same one has the same fingerprint at that processor account from then on.
    """
    if isinstance(shown, ChargedCard):
        _learn_card(method, shown)
    else:
        _learn_account(method, shown)
    if shown.fingerprint:
        (processor,) = method.known_at
        seen = f"{processor}:{method.type}:{shown.fingerprint}"
        method.fingerprint = fingerprints.of(method.tenant, seen)
        assert isinstance(method.drafted, Instrument)
        method.drafted.fingerprint = shown.fingerprint


def insert(work: UnitOfWork, method: PaymentMethod) -> None:
    """Add a new method to a unit of work, with the instrument that it was made of."""
    work.insert(method)
    if method.drafted is not None:
        work.insert(method.drafted)


def copied(method: PaymentMethod, copy: PaymentMethod, *, at: datetime) -> list[Instrument]:
    """Build the instruments of a method's copy: the processors know it by the same names."""
    if not method.known_at:
        return []
    rows = []
    for row in Instrument.objects.filter(payment_method=method):
        other = draft(copy, row.processor, unseal(row), at=at)
        other.fingerprint, other.is_reusable = row.fingerprint, row.is_reusable
        other.network_transaction_id = row.network_transaction_id
        rows.append(other)
    return rows


def unseal(row: Instrument) -> str:
    """Return what a processor calls a method."""
    return encryption.decrypt(bytes.fromhex(row.sealed_token), purpose=PURPOSE, row=row.id)


def _seal(row_id: str, token: str) -> str:
    return encryption.encrypt(token, purpose=PURPOSE, row=row_id).hex()


def _learn_card(method: PaymentMethod, card: ChargedCard | None) -> list[str]:
    if card is None or method.instrument or method.type != "card":
        return []
    found = {
        "brand": card.brand[:20],
        "funding": card.funding[:10],
        "country": card.country,
        "last4": card.last4[-4:],
        "exp_month": card.exp_month,
        "exp_year": card.exp_year,
    }
    # What one answer leaves out, another may have said.
    return _change(method, {k: v for k, v in found.items() if v not in (None, "", UNKNOWN)})


def _learn_account(method: PaymentMethod, account: ChargedAccount | None) -> list[str]:
    if account is None or method.instrument or method.type == "card":
        return []
    found = {
        "country": account.country,
        "last4": account.last4[-4:],
        "details": {**method.details, **account.details},
    }
    return _change(method, found)


def _change(method: PaymentMethod, found: JsonObject) -> list[str]:
    changed = [name for name, value in found.items() if getattr(method, name) != value]
    for name in changed:
        setattr(method, name, found[name])
    return changed

"""What holds an intent: something above payments that was made to be paid by it.

An intent with a holder is confirmed and canceled by the holder alone, and the holder hears, within
the same transaction, what becomes of it. The intent's row is locked before the holder's.
"""

from collections.abc import Sequence
from typing import Protocol

from core.database.locking import lock_rows
from core.errors import InvalidRequest
from core.ids import prefix_of
from operations.unit_of_work import UnitOfWork
from payments import resources
from payments.charges.orders import Order
from payments.models import PaymentIntent, SetupIntent

Intent = PaymentIntent | SetupIntent


class Holder(Protocol):
    """What makes and holds intents."""

    # As people call it, and what ends an intent of it: for messages.
    title: str
    way_out: str

    def begin(self, work: UnitOfWork, intent: Intent) -> None:
        """Take note that an attempt begins, or refuse it.

        Args:
            work: The unit of work that starts the attempt.
            intent: The intent, locked, as it will be charged.

        Raises:
            InvalidRequest: If the holder takes no payment, or not this one.
        """

    def hear(self, work: UnitOfWork, intent: Intent, event: str) -> None:
        """Record what has become of an intent.

        Args:
            work: The unit of work that changes the intent, which is changed already.
            intent: The intent.
            event: The type of its event, such as `payment_intent.succeeded`.
        """

    def order(self, holder_id: str) -> Order | None:
        """Tell what was ordered, for the payer's letter; None for nothing.

        Args:
            holder_id: The holder's id.
        """


_holders: dict[str, Holder] = {}


def register(prefix: str, holder: Holder) -> None:
    """Register what holds intents, by the prefix of its ids."""
    _holders[prefix] = holder


def begin(work: UnitOfWork, intent: Intent) -> None:
    """Tell an intent's holder, if it has one, that an attempt begins. See `Holder.begin`."""
    if intent.held_by:
        _of(intent).begin(work, intent)


def tell(work: UnitOfWork, intent: Intent, event: str) -> None:
    """Tell an intent's holder, if it has one, what has become of it."""
    if intent.held_by:
        # Where an answer comes at once, nothing is locked yet: the intent goes before its holder.
        if isinstance(intent, PaymentIntent):
            lock_rows(PaymentIntent.objects.filter(id=intent.id)).first()
        else:
            lock_rows(SetupIntent.objects.filter(id=intent.id)).first()
        _of(intent).hear(work, intent, event)


def order_of(holder_id: str) -> Order | None:
    """Return what was ordered of a holder. See `Holder.order`."""
    return _holders[prefix_of(holder_id)].order(holder_id)


def check(intent: Intent, by: str | None, verb: str, *, even_in: Sequence[str] = ()) -> None:
    """Refuse an operation on an intent to all but its holder.

    Args:
        intent: The intent.
        by: The holder that asks; None for anybody else.
        verb: What is to be done, for people.
        even_in: The statuses in which anybody may.

    Raises:
        InvalidRequest: `payment_intent_unexpected_state`, `setup_intent_unexpected_state`.
    """
    if intent.held_by in (None, by) or intent.status in even_in:
        return
    holder = _of(intent)
    if isinstance(intent, PaymentIntent):
        title, shown = "PaymentIntent", {"payment_intent": resources.payment_intent(intent)}
    else:
        title, shown = "SetupIntent", {"setup_intent": resources.setup_intent(intent)}
    raise InvalidRequest(
        f"You cannot {verb} this {title}: it was made by a {holder.title} ({intent.held_by}). "
        f"{holder.way_out}",
        code=f"{next(iter(shown))}_unexpected_state",
        extra=shown,
    )


def _of(intent: Intent) -> Holder:
    return _holders[prefix_of(str(intent.held_by))]

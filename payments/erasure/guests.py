"""Erase in time who paid without being a customer: nobody can delete them, so it ends by itself.

Payments are walked through once, in the order in which they were made, up to those that are old
enough; what a dispute, a refund or a late payment still needs is set aside and looked at again.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import F, Func, JSONField, Q, QuerySet, Value

from core.database.locking import lock_rows
from core.database.transactions import atomic
from core.types import JsonObject
from payments.disputes.services.dispute_answers import ENDED
from payments.models import (
    Charge,
    ConfirmationToken,
    Dispute,
    EarlyFraudWarning,
    GuestErasure,
    Instrument,
    Mandate,
    PayerAction,
    PaymentIntent,
    PaymentMethod,
    Receipt,
    Refund,
    SetupAttempt,
    SetupIntent,
)
from payments.states import OPEN_REFUNDS, IntentStatus, UnappliedStatus
from webhooks.services import events

_AT_ONCE: Final = 200
# So many batches of a kind at most in one run.
_BATCHES: Final = 100
_GUESTS: Final = Q(customer=None, former_customer_id=None)
_UNDER_WAY: Final = (IntentStatus.PROCESSING, IntentStatus.REQUIRES_CAPTURE)
_OPEN_LATE: Final = (UnappliedStatus.OPEN, UnappliedStatus.RETURNING)
# Of an agreement: its kind and moment, without the payer's address and browser.
WITHOUT_PLACE: Final = Func(
    F("customer_acceptance"),
    Value("online"),
    arg_joiner=" - ",
    template="%(expressions)s",
    output_field=JSONField(),
)

OF_INTENTS: Final[JsonObject] = {
    "receipt_email": None, "last_payment_error": None, "next_action": None, "return_url": None,
}  # fmt: skip

# Erases what is due of some ids; returns those that are still needed.
_Erase = Callable[[Sequence[str]], Iterable[str]]


def erase_due(*, at: datetime) -> int:
    """Erase what payments, setups and unused payment methods say of guests, once they are old.

    Amounts, dates, ids, what was ordered and what the merchant wrote stay.

    Args:
        at: Now.

    Returns:
        How many objects were old enough.
    """
    before = at - timedelta(days=settings.GUEST_PAYMENTS_DAYS)
    walks: tuple[tuple[str, QuerySet[Any], _Erase], ...] = (
        ("ch", Charge.objects.filter(customer=None), _erase_charges),
        ("seti", SetupIntent.objects.filter(customer=None), _erase_setups),
        ("pm", PaymentMethod.objects.filter(_GUESTS, used_at=None), _erase_methods),
    )
    return sum(_walk(kind, rows, erase, before=before) for kind, rows, erase in walks)


def _walk(kind: str, rows: QuerySet[Any], erase: _Erase, *, before: datetime) -> int:
    GuestErasure.objects.get_or_create(kind=kind)
    count = 0
    for batch in range(_BATCHES):
        with atomic():
            place = lock_rows(GuestErasure.objects.filter(kind=kind)).get()
            if batch == 0 and place.held:
                place.held = list(erase(place.held))
            old = rows.filter(id__gt=place.until, created_at__lte=before).order_by("id")
            ids = list(old.values_list("id", flat=True)[:_AT_ONCE])
            place.held += erase(ids) if ids else []
            place.until = ids[-1] if ids else place.until
            place.save()
        count += len(ids)
        if len(ids) < _AT_ONCE:
            break
    return count


def erase(*, charges: Sequence[str], setups: Sequence[str], methods: Sequence[str]) -> None:
    """Erase what payments, setups and payment methods of a guest say, as their age would.

    Args:
        charges: Ids of charges.
        setups: Ids of setup intents.
        methods: Ids of payment methods.
    """
    _erase_charges(charges)
    _erase_setups(setups)
    _erase_methods(methods)


def erase_addresses(charges: Sequence[str]) -> None:
    """Erase what is not needed of guests whose payments may be disputed still.

    Args:
        charges: Ids of charges.
    """
    rows = Charge.objects.filter(id__in=charges)
    intents = list(rows.values_list("payment_intent_id", flat=True))
    refunds = Refund.objects.filter(charge__in=charges)
    events.forget([*charges, *intents, *refunds.values_list("id", flat=True)])
    methods = PaymentMethod.objects.filter(
        _GUESTS, id__in=rows.exclude(payment_method=None).values("payment_method_id")
    )
    # Nobody may be charged any more who has been forgotten.
    Instrument.objects.filter(payment_method__in=methods).delete()
    events.forget(list(methods.values_list("id", flat=True)))
    methods.update(billing_details={}, known_at=[])
    PayerAction.objects.filter(intent_id__in=intents).delete()
    PaymentIntent.objects.filter(id__in=intents).update(**OF_INTENTS)
    rows.update(receipt_email=None)
    Receipt.objects.filter(charge__in=charges).update(email="", next_try_at=None)
    refunds.update(instructions_email=None)


def _erase_charges(ids: Sequence[str]) -> list[str]:
    """Erase payers of charges and of their intents; return the charges that still need theirs."""
    rows = Charge.objects.filter(id__in=ids)
    needed = rows.filter(
        Q(open_request__isnull=False)
        | Q(payment_intent__status__in=_UNDER_WAY)
        | Q(refunds__status__in=OPEN_REFUNDS)
        | Q(disputes__in=Dispute.objects.exclude(status__in=ENDED))
        | Q(unapplied_payment__status__in=_OPEN_LATE)
    )
    held = set(needed.values_list("id", flat=True))
    done = Charge.objects.filter(id__in=set(ids) - held)
    found = list(done.values_list("id", "payment_intent_id", "payment_method_id"))
    charges, intents = [one[0] for one in found], [one[1] for one in found]
    refunds = Refund.objects.filter(charge__in=charges)
    disputes = Dispute.objects.filter(charge__in=charges)
    warnings = EarlyFraudWarning.objects.filter(charge__in=charges)
    told = [rows.values_list("id", flat=True) for rows in (refunds, disputes, warnings)]
    events.forget([*charges, *intents, *(id for ids in told for id in ids)])
    _erase_methods([one[2] for one in found])
    PayerAction.objects.filter(intent_id__in=intents).delete()
    PaymentIntent.objects.filter(id__in=intents).update(**OF_INTENTS, shipping=None)
    done.update(billing_details={}, receipt_email=None, shipping=None, fraud_details={})
    Receipt.objects.filter(charge__in=charges).update(email="", next_try_at=None)
    refunds.update(instructions_email=None)
    disputes.update(evidence={})
    return sorted(held)


def _erase_setups(ids: Sequence[str]) -> list[str]:
    """Erase payers of setup intents; return those that still need theirs."""
    rows = SetupIntent.objects.filter(id__in=ids)
    under_way = rows.filter(status=IntentStatus.PROCESSING)
    held = set(under_way.values_list("id", flat=True))
    done = SetupIntent.objects.filter(id__in=set(ids) - held)
    setups = list(done.values_list("id", flat=True))
    events.forget(setups)
    _erase_methods([id for id in done.values_list("payment_method_id", flat=True) if id])
    PayerAction.objects.filter(intent_id__in=setups).delete()
    SetupAttempt.objects.filter(setup_intent__in=setups).update(
        setup_error=None, declined_card=None
    )
    done.update(last_setup_error=None, next_action=None, return_url=None)
    done.filter(customer_acceptance__isnull=False).update(customer_acceptance=WITHOUT_PLACE)
    return sorted(held)


def _erase_methods(ids: Sequence[str]) -> list[str]:
    """Erase those payment methods that are nobody's; cards keep their fingerprints."""
    rows = PaymentMethod.objects.filter(_GUESTS, id__in=ids)
    methods = list(rows.values_list("id", flat=True))
    mandates = Mandate.objects.filter(payment_method__in=methods)
    events.forget([*methods, *mandates.values_list("id", flat=True)])
    mandates.update(customer_acceptance=WITHOUT_PLACE)
    rows.update(billing_details={}, known_at=[])
    # Nobody may be charged any more who has been forgotten.
    Instrument.objects.filter(payment_method__in=methods).delete()
    ConfirmationToken.objects.filter(payment_method__in=methods).update(
        shipping=None, return_url=None
    )
    return []

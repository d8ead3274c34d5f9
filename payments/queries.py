"""Reading what payments owns."""

from core.errors import missing
from core.tenant import Tenant
from payments.models import Charge, Customer, PaymentIntent, PaymentMethod, Refund


def customer(tenant: Tenant, customer_id: str, *, param: str = "id") -> Customer:
    """Return a merchant's customer.

    Raises:
        Missing: If there is none, or it was deleted.
    """
    row = Customer.objects.filter(
        id=customer_id, account_id=tenant.account_id, livemode=tenant.livemode, deleted_at=None
    ).first()
    if row is None:
        raise missing("customer", customer_id, param=param)
    return row


def payment_intent(tenant: Tenant, intent_id: str, *, param: str = "intent") -> PaymentIntent:
    """Return a merchant's intent.

    Raises:
        Missing: If there is none.
    """
    row = PaymentIntent.objects.filter(
        id=intent_id, account_id=tenant.account_id, livemode=tenant.livemode
    ).first()
    if row is None:
        raise missing("payment_intent", intent_id, param=param)
    return row


def charge(tenant: Tenant, charge_id: str, *, param: str = "id") -> Charge:
    """Return a merchant's charge.

    Raises:
        Missing: If there is none.
    """
    row = Charge.objects.filter(
        id=charge_id, account_id=tenant.account_id, livemode=tenant.livemode
    ).first()
    if row is None:
        raise missing("charge", charge_id, param=param)
    return row


def refund(tenant: Tenant, refund_id: str, *, param: str = "id") -> Refund:
    """Return a merchant's refund.

    Raises:
        Missing: If there is none.
    """
    row = Refund.objects.filter(
        id=refund_id, account_id=tenant.account_id, livemode=tenant.livemode
    ).first()
    if row is None:
        raise missing("refund", refund_id, param=param)
    return row


def payment_method(tenant: Tenant, method_id: str, *, param: str = "payment_method") -> PaymentMethod:
    """Return a merchant's payment method.

    Raises:
        Missing: If there is none.
    """
    row = PaymentMethod.objects.filter(
        id=method_id, account_id=tenant.account_id, livemode=tenant.livemode
    ).first()
    if row is None:
        raise missing("PaymentMethod", method_id, param=param)
    return row

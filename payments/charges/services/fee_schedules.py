"""What the operator charges an account for a payment: the schedule that fits it best."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import DataError, connection

from connect.onboarding.services import charge_eligibility
from connect.transfers.services import conversions
from core.errors import InvalidRequest
from payments import fees, method_types
from payments.charges import retry_limits, statements
from payments.fees import Returns
from payments.models import Charge

_MAY_CHARGE: Final = "a.charges_enabled OR a.opened_by_id IS NULL"
# PostgreSQL can't read this as a boolean, so nothing of the statement is written.
_REFUSED: Final = "charges_not_enabled"
_TOO_LONG: Final = "statement_too_long"
_LACKING: Final = "capability_not_active"


def _columns(may_charge: str) -> str:
    """Return the SQL of columns that are read in the same round trip as others."""
    return f"""
    coalesce(s.bps, a.fee_bps), coalesce(s.fixed_amount, a.fee_fixed_amount), a.country,
    a.settlement_delay_days, coalesce(s.least_amount, 0), s.most_amount,
    coalesce(s.returns, 'none'), s.id,
    CASE WHEN a.controller->'fees'->>'payer' = 'application' THEN a.opened_by_id END,
    {may_charge}, {conversions.HAS_RATES}, {statements.COLUMNS}
    """


def join_best(*, method: str, card_country: str, currency: str, at: str) -> str:
    """Return the SQL that joins the account `a` with its schedule `s`, from SQL for each criterion.

    The account's own schedule wins over one for every account; then the one that says more of the
    payment; then the one that began last.
    """
    return f"""
    LEFT JOIN LATERAL (
        SELECT f.* FROM payments_feeschedule f
        WHERE (f.account_id = a.id OR f.account_id IS NULL)
            AND f.method IN ('', {method})
            AND f.currency IN ('', {currency})
            AND (f.card_country IN ('', {card_country})
                OR (f.card_country = 'other' AND {card_country} <> a.country))
            AND f.starts_at <= {at} AND (f.ends_at IS NULL OR f.ends_at > {at})
        ORDER BY f.account_id IS NOT NULL DESC, f.currency <> '' DESC, f.method <> '' DESC,
            f.card_country = {card_country} DESC, f.card_country <> '' DESC, f.starts_at DESC
        LIMIT 1
    ) s ON true
    """  # noqa: S608  SQL written by us


@dataclass(frozen=True, slots=True)
class Pricing:
    """What the operator charges an account for a payment, and when it pays.

    Args:
        fee_bps: Ten-thousandths of the captured amount.
        fee_fixed_amount: Minor units on top.
        country: Of the account's settlement, for its business days.
        delay_days: Business days from capture until the money is available.
        least_amount: The fee is never less, in minor units.
        most_amount: The fee is never more, in minor units; None for no limit.
        returns: What of the fee a refund brings back, a word of `fees.Returns`.
        schedule_id: The schedule that says so; None for the account's own terms.
        fee_payer_id: The platform that bears it; None if the account itself does.
        may_charge: False for a seller whose charges are not enabled.
        has_rates: True if operators have set rates at which sellers get another currency.
        statement: What the statement of the account's payers says where a payment says nothing.
        statement_prefix: What stands before a card payment's suffix.
    """

    fee_bps: int
    fee_fixed_amount: int
    country: str
    delay_days: int
    least_amount: int = 0
    most_amount: int | None = None
    returns: str = "none"
    schedule_id: str | None = None
    fee_payer_id: str | None = None
    may_charge: bool = True
    has_rates: bool = False
    statement: str | None = None
    statement_prefix: str | None = None

    def apply(self, charge: Charge) -> None:
        """Set a charge's processing fee for its captured amount."""
        charge.fee_amount = fees.processing_fee(
            amount=charge.amount_captured,
            bps=self.fee_bps,
            fixed_amount=self.fee_fixed_amount,
            least=self.least_amount,
            most=self.most_amount,
        )
        charge.fee_returnable_amount = fees.returnable(
            fee=charge.fee_amount,
            fixed_amount=self.fee_fixed_amount,
            returns=Returns(self.returns),
        )
        charge.fee_schedule_id = self.schedule_id
        charge.fee_payer_id = self.fee_payer_id

    def name_on_statement(self, charge: Charge) -> None:
        """Set what a charge's rail is told to print, unless it has been told."""
        if charge.statement_text is None:
            charge.statement_text = statements.compose(
                charge, statement=self.statement, prefix=self.statement_prefix
            )


_SCHEDULE: Final = join_best(
    method="is_.method", card_country="is_.country", currency="is_.currency", at="is_.at"
)
_CHECKED: Final = f"""CASE
    WHEN NOT ({_MAY_CHARGE}) THEN '{_REFUSED}'
    WHEN {charge_eligibility.LACKS_CAPABILITY} THEN '{_LACKING}'
    WHEN is_.method = 'card' AND {statements.too_long("is_.suffix")} THEN '{_TOO_LONG}'
    ELSE 'true' END::boolean"""
# For a charge that is being written: what it is, is given. The statement itself refuses it, since
# it may be all of its transaction: what comes after it comes too late. How often its card was
# declined before is read with it.
FOR_NEW: Final = f"""(
    SELECT done.written_by,
        {_columns(_CHECKED)}, {retry_limits.COUNTS}
    FROM accounts_account a
    CROSS JOIN (VALUES (
        %s::text, %s::text[], %s::text, %s::text, %s::text,
        %s::bigint, %s::text, %s::boolean, %s::text, %s::timestamptz
    )) AS is_(
        method, capabilities, country, on_behalf_of, suffix, amount, currency, livemode,
        fingerprint, at
    )
    JOIN accounts_account named ON named.id = coalesce(is_.on_behalf_of, a.id)
    {_SCHEDULE}
    WHERE a.id = %s
) AS begun"""  # noqa: S608

_FOR_LOCKED: Final = f"""
    SELECT {_columns(_MAY_CHARGE)}
    FROM payments_charge c
    JOIN payments_paymentintent i ON i.id = c.payment_intent_id
    JOIN payments_paymentmethod m ON m.id = c.payment_method_id
    JOIN accounts_account a ON a.id = c.account_id
    JOIN accounts_account named ON named.id = coalesce(c.on_behalf_of, a.id)
    {
    join_best(
        method="m.type",
        card_country="coalesce(c.card->>'country', '')",
        currency="c.currency",
        at="%s::timestamptz",
    )
}
    WHERE c.id = %s
    FOR NO KEY UPDATE OF i, c
"""  # noqa: S608


@contextmanager
def explain_refusal() -> Iterator[None]:
    """Explain why `FOR_NEW` refused a charge.

    Raises:
        InvalidRequest: If the charge is a seller's own, and its charges are not enabled; if the
            account that is paid has no capability for its method; or if its suffix is too long
            for the statement.
    """
    try:
        yield
    except DataError as error:
        if _TOO_LONG in str(error):
            raise statements.too_long_error() from error
        if _LACKING in str(error):
            raise InvalidRequest(
                "The account that is paid has no active capability for this type of payment "
                "method, such as ideal_payments for ideal. Request it with an update of the "
                "account's capabilities, or pay in another way.",
                code="payment_intent_invalid_parameter",
                param="payment_method",
            ) from error
        if _REFUSED not in str(error):
            raise
        raise charge_eligibility.not_enabled() from error


def values_for_new(charge: Charge, at: datetime) -> list[object]:
    """Return the arguments of `FOR_NEW` for a new charge."""
    method = charge.payment_method
    return [
        method.type,
        list(method_types.of(method.type).capabilities),
        charge.card.get("country") or "",
        charge.on_behalf_of,
        charge.statement_descriptor_suffix,
        *retry_limits.values(charge, at),
        charge.account_id,
    ]


def lock_pricing(charge_id: str, at: datetime) -> Pricing:
    """Lock a charge and its intent, and read what the payment costs."""
    with connection.cursor() as cursor:
        cursor.execute(_FOR_LOCKED, [at, at, charge_id])
        return Pricing(*cursor.fetchone())

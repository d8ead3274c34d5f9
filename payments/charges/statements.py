"""What a payer's statement says of a charge: the account's texts, and the payment's own."""

from typing import Final

from accounts.models import Account
from core.errors import InvalidRequest
from payments.models import Charge

_MOST: Final = 22
_BETWEEN: Final = "* "
_PREFIX: Final = "named.settings #>> '{card_payments,statement_descriptor_prefix}'"
# Of the account `named` on the statement: what it says alone, and before a card's suffix.
COLUMNS: Final = f"named.settings #>> '{{payments,statement_descriptor}}', {_PREFIX}"


def too_long(suffix: str) -> str:
    """Return the SQL that tells whether a suffix is too long for the account's prefix."""
    return f"coalesce(length({_PREFIX}) + {len(_BETWEEN)} + length({suffix}) > {_MOST}, false)"


def too_long_error() -> InvalidRequest:
    """Make the error for a suffix that is too long for the account's prefix."""
    return InvalidRequest(
        "The statement_descriptor_suffix is too long: with the prefix that the account has in "
        f"settings[card_payments][statement_descriptor_prefix], and '{_BETWEEN}' between them, a "
        f"card's statement says at most {_MOST} characters. Shorten one of them.",
        param="statement_descriptor_suffix",
    )


def compose(charge: Charge, *, statement: str | None, prefix: str | None) -> str:
    """Compose what a statement says of a charge; empty if nobody names anything.

    Args:
        charge: The charge, with what the payment says itself.
        statement: The account's text.
        prefix: What the account has before a card payment's suffix.
    """
    if charge.method_type != "card":
        return (charge.statement_descriptor or statement or "").upper()[:_MOST]
    suffix = charge.statement_descriptor_suffix or charge.statement_descriptor
    if not suffix:
        return (statement or prefix or "").upper()[:_MOST]
    if not prefix:
        # The account's own text makes room for what the payment says.
        prefix = (statement or "")[: max(_MOST - len(_BETWEEN) - len(suffix), 0)].rstrip()
    return _BETWEEN.join(part for part in (prefix, suffix) if part).upper()[:_MOST].rstrip()


def read(charge: Charge) -> str:
    """Compose it for a charge that was cut off before its rail was told."""
    texts = Account.objects.values_list(
        "settings__payments__statement_descriptor",
        "settings__card_payments__statement_descriptor_prefix",
    )
    statement, prefix = texts.get(id=charge.on_behalf_of or charge.account_id)
    return compose(charge, statement=statement, prefix=prefix)


def preview(
    account: Account, method_type: str, *, descriptor: str | None, suffix: str | None
) -> str:
    """Compose what a statement will say of a payment that nobody has made yet.

    Args:
        account: Whose texts are printed.
        method_type: Such as `"card"`.
        descriptor: What the payment names itself.
        suffix: What a card payment names.
    """
    charge = Charge(
        method_type=method_type,
        statement_descriptor=descriptor,
        statement_descriptor_suffix=suffix,
    )
    return compose(
        charge,
        statement=(account.settings.get("payments") or {}).get("statement_descriptor"),
        prefix=(account.settings.get("card_payments") or {}).get("statement_descriptor_prefix"),
    )

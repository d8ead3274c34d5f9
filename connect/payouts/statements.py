"""What a payee's statement says of payouts that say nothing themselves."""

from accounts.models import Account
from connect.models import Payout


def default(payout: Payout) -> str | None:
    """Return the text of the payout's account, or else of its platform; None without either."""
    account = Account.objects.select_related("opened_by").get(id=payout.account_id)
    return _text(account) or (_text(account.opened_by) if account.opened_by else None)


def _text(account: Account) -> str | None:
    text: str | None = (account.settings.get("payouts") or {}).get("statement_descriptor")
    return text or None

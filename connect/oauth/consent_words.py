"""What the consent page calls each permission. Tables only."""

from collections.abc import Collection
from typing import Final

# What an application sees, or sees and changes.
NAMES: Final[dict[str, str]] = {
    "*": "everything in your account: balance, payments, customers and payouts",
    "accounts": "your account's name, address and settings, and what is still asked of you",
    "apple_pay_domains": "the web domains on which you show Apple Pay",
    "application_fees": "the fees that you take of others' payments",
    "balance": "Your balance",
    "balance_settings": "when and how much of your balance is paid out",
    "balance_transactions": "Every transaction of your balance",
    "charges": "Your payments, and who paid",
    "checkout_sessions": "your pages to pay on, and who paid there",
    "confirmation_tokens": "what your payers have typed in before they pay",
    "coupons": "what you take off prices",
    "customers": "Your customers",
    "disputes": "disputes of your payments, and your answers to them",
    "events": "What happens in your account",
    "file_links": "links to your files",
    "files": "your files",
    "mandates": "what payers have agreed to",
    "payment_intents": "your payments, also those that are not finished",
    "payment_links": "the links at which anybody may pay you",
    "payment_method_configurations": "which ways to pay you offer",
    "payment_method_domains": "the web domains on which you show wallets",
    "payment_methods": "the cards and bank accounts of your customers",
    "payouts": "Your payouts",
    "prices": "what your products cost",
    "products": "what you sell",
    "promotion_codes": "the words for which payers pay less",
    "radar": "warnings of fraud",
    "refunds": "Your refunds",
    "setup_intents": "cards and bank accounts that are kept for later",
    "shipping_rates": "what you ask for shipping",
    "tax_rates": "the taxes that you add or include",
    "tokens": "card and bank details that are typed in",
    "transfers": "what you transfer to others",
}

# What no scope includes, to be seen and to be changed.
APART: Final[dict[str, tuple[str, str]]] = {
    "external_accounts": (
        "see the bank accounts and cards that your money is paid out to",
        "choose where your money is paid out to: add, change and remove your bank accounts",
    ),
    "persons": (
        "see the people behind your business, with their birthdays and addresses",
        "add, change and remove the people behind your business",
    ),
    "sellers": (
        "see the accounts of your own sellers",
        "act on the accounts of your own sellers",
    ),
    "webhook_endpoints": (
        "see to which addresses it has news of your account sent",
        "have news of everything in your account sent to addresses of its choice",
    ),
    "account_links": (
        "nothing with links to your setup pages",
        "make links by which somebody answers for your business on its setup pages",
    ),
    "account_sessions": (
        "nothing with sessions of your pages",
        "open your pages of money and settings for somebody",
    ),
    "login_links": (
        "nothing with links to your dashboard",
        "make links by which somebody opens your dashboard without your password",
    ),
    "ephemeral_keys": (
        "nothing with keys for your payers",
        "make keys by which a payer's app reaches a customer and saved cards",
    ),
    "customer_sessions": (
        "nothing with sessions for your payers",
        "open sessions by which a payer's page reaches a customer and saved cards",
    ),
}  # fmt: skip

# What it cannot do without them.
_DENIED: Final[tuple[tuple[frozenset[str], str], ...]] = (
    (frozenset({"external_accounts"}), "see or choose where your money is paid out to"),
    (frozenset({"persons"}), "see or change the people behind your business"),
    (frozenset({"sellers"}), "reach the accounts of your own sellers"),
    (
        frozenset(
            {"account_links", "account_sessions", "login_links", "webhook_endpoints",
             "ephemeral_keys", "customer_sessions"}
        ),
        "make links, keys or addresses for news that act for you",
    ),
)  # fmt: skip


def describe_allowed(resources: Collection[str], *, writes: bool) -> list[str]:
    """Describe the permissions that every scope can include."""
    verb = "see and change" if writes else "see"
    names = [name for name in resources if name not in APART]
    return [f"{verb}: {NAMES.get(name, name)}" for name in names]


def describe_separate(resources: Collection[str], *, writes: bool) -> list[str]:
    """Describe the permissions that no scope includes."""
    return [APART[name][writes] for name in resources if name in APART]


def describe_denied(resources: Collection[str]) -> list[str]:
    """Describe what stays impossible without further permissions."""
    return [words for names, words in _DENIED if not names & set(resources)]

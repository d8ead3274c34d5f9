"""What Stripe asks for and can do, without loading its package."""

from typing import Final

from processors.protocols.base import Capabilities
from processors.protocols.kinds import ADDRESS, Credential

TITLE: Final = "Stripe"
# The name of the credential.
SECRET_KEY: Final = "secret_key"  # noqa: S105
# And of the one that browsers may see.
PUBLISHABLE_KEY: Final = "publishable_key"
# Where payers' browsers load Stripe's own library from, if not from Stripe.
LIBRARY: Final = "library_url"
LIBRARY_ADDRESS: Final = "https://js.stripe.com/v3/"
# Stripe may forget a key after 24 hours; one hour is for clocks and for what is on its way.
_KEY_SECONDS: Final = 23 * 3600

CAPABILITIES: Final = Capabilities(
    methods=frozenset({"card", "sepa_debit", "us_bank_account"}),
    key_seconds=_KEY_SECONDS,
    asks_payers=True,
    tells_disputes=True,
    has_disputes=True,
    takes_tokens=True,
    tells_settlements=True,
)

CREDENTIALS: Final = (
    Credential(
        SECRET_KEY,
        "Secret key",
        "In Stripe's dashboard under Developers, API keys: a secret or restricted key of the "
        "same mode, sk_test_… or sk_live_….",
    ),
    Credential(
        PUBLISHABLE_KEY,
        "Publishable key",
        "Beside the secret key, pk_test_… or pk_live_… of the same mode: with it payers type cards "
        "into Stripe's own fields on Rialto's pages.",
        is_secret=False,
        is_required=False,
        pattern="pk_(test|live)_[0-9A-Za-z_]{1,255}",
        words_of_mode=("pk_test_", "pk_live_"),
    ),
    Credential(
        LIBRARY,
        "Address of the library",
        f"Leave it empty for Stripe's own, {LIBRARY_ADDRESS}. Whatever is loaded from there runs "
        "where cards are typed in.",
        is_secret=False,
        is_required=False,
        pattern=ADDRESS,
    ),
)
NOTICE_SECRET: Final = Credential(
    "notice_secret",
    "Signing secret",
    "In Stripe's dashboard under Developers, Webhooks: add an endpoint with this account's "
    "address of notices, and take its signing secret, whsec_….",
    is_required=False,
)

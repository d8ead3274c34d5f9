"""What Adyen asks for and can do, without loading its package."""

from typing import Final

from processors.adyen import money
from processors.protocols.base import Capabilities
from processors.protocols.kinds import Credential

TITLE: Final = "Adyen"
# The names of the credentials: which of the company's accounts takes the money, what opens it,
# and in live mode the first part of the addresses that are this company's own.
MERCHANT_ACCOUNT: Final = "merchant_account"
API_KEY: Final = "api_key"
LIVE_PREFIX: Final = "live_url_prefix"
# Of a user who may read reports; otherwise the key of payments is tried.
REPORT_KEY: Final = "report_api_key"
# Adyen keeps a key for seven days at least; one of them is for clocks and what is on its way.
_KEY_SECONDS: Final = 6 * 24 * 3600

CAPABILITIES: Final = Capabilities(
    methods=frozenset({"card"}),
    currencies=money.CURRENCIES,
    key_seconds=_KEY_SECONDS,
    asks_payers=True,
    tells_disputes=True,
    answers_later=True,
    dates_notices=False,
    # They are answered in Adyen's Customer Area.
    has_disputes=False,
    takes_tokens=True,
    tells_settlements=True,
)

CREDENTIALS: Final = (
    Credential(
        MERCHANT_ACCOUNT,
        "Merchant account",
        "In Adyen's Customer Area at the top: the account that takes the money, not the company's.",
        is_secret=False,
    ),
    Credential(
        API_KEY,
        "API key",
        "In the Customer Area under Developers, API credentials: of a credential that may use "
        "Checkout and modifications.",
    ),
    Credential(
        REPORT_KEY,
        "Report API key",
        "In the Customer Area under Developers, API credentials: of the report service user. "
        "Without one, the API key is tried.",
        is_required=False,
    ),
    Credential(
        LIVE_PREFIX,
        "Prefix of live addresses",
        "In the live Customer Area under Developers, API URLs. Live accounts need it.",
        is_secret=False,
        is_required=False,
    ),
)
NOTICE_SECRET: Final = Credential(
    "notice_secret",
    "HMAC key",
    "In the Customer Area under Developers, Webhooks: add a standard webhook with this account's "
    "address of notices, and generate its HMAC key.",
    is_required=False,
    pattern="[0-9A-Fa-f]{64}",
)

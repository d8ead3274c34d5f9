"""What Adyen asks for and can do, without loading its package."""

from typing import Final
from urllib.parse import urlsplit

from core.security.origins import origin_of
from processors.adyen import money
from processors.protocols.accounts import RailAccount
from processors.protocols.base import Capabilities
from processors.protocols.instruments import CardFields
from processors.protocols.kinds import ADDRESS, Credential

TITLE: Final = "Adyen"
# The names of the credentials: which of the company's accounts takes the money, what opens it,
# and in live mode the first part of the addresses that are this company's own.
MERCHANT_ACCOUNT: Final = "merchant_account"
API_KEY: Final = "api_key"
LIVE_PREFIX: Final = "live_url_prefix"
# Of a user who may read reports; otherwise the key of payments is tried.
REPORT_KEY: Final = "report_api_key"
# What browsers may see, and where they load Adyen's library from, if not from its own place.
CLIENT_KEY: Final = "client_key"
LIBRARY: Final = "library_url"
_RELEASE: Final = "6.45.2"
_PLACES: Final = {
    False: "https://checkoutshopper-test.adyen.com",
    True: "https://checkoutshopper-live.adyen.com",
}
_HOST: Final = "checkoutshopper-"
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
    has_disputes=True,
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
        "Checkout and modifications, and API dispute management to answer disputes.",
    ),
    Credential(
        REPORT_KEY,
        "Report API key",
        "In the Customer Area under Developers, API credentials: of the report service user. "
        "Without one, the API key is tried.",
        is_required=False,
    ),
    Credential(
        CLIENT_KEY,
        "Client key",
        "In the Customer Area under Developers, API credentials, test_… or live_…, with this "
        "installation among its allowed origins: with it payers type cards into Adyen's own fields "
        "on Rialto's pages.",
        is_secret=False,
        is_required=False,
        pattern="(test|live)_[0-9A-Za-z]{1,255}",
        words_of_mode=("test_", "live_"),
    ),
    Credential(
        LIBRARY,
        "Address of the library",
        "Leave it empty for Adyen's own in Europe. Elsewhere it is the address of adyen.js of your "
        "region, such as https://checkoutshopper-live-us.adyen.com/…/adyen.js. Whatever is loaded "
        "from there runs where cards are typed in.",
        is_secret=False,
        is_required=False,
        pattern=ADDRESS,
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


def card_fields(account: RailAccount) -> CardFields | None:
    """Return what shows Adyen's card fields; None without a client key."""
    key = account.credentials.get(CLIENT_KEY)
    if not key:
        return None
    own = f"{_PLACES[account.livemode]}/checkoutshopper/sdk/{_RELEASE}/adyen.js"
    library = account.credentials.get(LIBRARY) or own
    origin = origin_of(library) or "'none'"
    host = urlsplit(origin).hostname or ""
    # Which of Adyen's places the fields ask, in its own words, stands in the name of the host.
    is_theirs = host.startswith(_HOST) and host.endswith(".adyen.com")
    usual = "live" if account.livemode else "test"
    settings = {
        "library": library,
        "styles": f"{library.removesuffix('.js')}.css",
        CLIENT_KEY: key,
        "environment": host.removeprefix(_HOST).partition(".")[0] if is_theirs else usual,
    }
    there = (origin,)
    return CardFields(
        "processors/adyen_fields.js", settings, there, there, there, styles=there, pictures=there
    )

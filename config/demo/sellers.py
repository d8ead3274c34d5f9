"""What the sellers of the demonstration say of themselves, as the wire spells it."""

from core.types import JsonObject
from core.updates import deep_merge

# Paid out when they are told to be: what the demo leaves is there to be tried.
BY_HAND: JsonObject = {"payouts": {"schedule": {"interval": "manual"}}}
BANKS: tuple[dict[str, str], ...] = (
    {
        "object": "bank_account", "country": "US", "currency": "usd",
        "routing_number": "110000000", "account_number": "000123456789",
    },
    {
        "object": "bank_account", "country": "DE", "currency": "eur",
        "account_number": "DE89370400440532013000",
    },
)  # fmt: skip


def details(name: str, **more: object) -> JsonObject:
    """Return all that is asked of somebody who trades alone in the United States.

    The birthday is one that the simulated registry knows at once, so that the account may do
    everything as soon as it is opened.

    Args:
        name: The name of the business.
        more: What else is said, or said otherwise.
    """
    first, _, rest = name.partition("'s ")
    params: JsonObject = {
        "business_type": "individual",
        "business_profile": {
            "name": name,
            "mcc": "5999",
            "url": f"https://{first.lower()}.example.com",
        },
        "capabilities": {"card_payments": {"requested": True}, "transfers": {"requested": True}},
        "individual": {
            "first_name": first,
            "last_name": rest or "Seller",
            "email": f"{first.lower()}@example.com",
            "phone": "0000000000",
            "dob": {"day": 1, "month": 1, "year": 1902},
            "address": {
                "line1": "address_full_match",
                "city": "Springfield",
                "state": "IL",
                "postal_code": "62701",
            },
            "ssn_last_4": "0000",
        },
        "tos_acceptance": {"date": 1_790_000_000, "ip": "127.0.0.1"},
    }
    return deep_merge(params, more)

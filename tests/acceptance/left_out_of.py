"""Read which fields an object may leave out from the type definitions of stripe-node.

The Python package calls both a null and a missing field `Optional`; the definitions for
TypeScript, made from the same description, tell them apart: `name?: …` may be left out and
`name: … | null` may be null. A line of the table is a class with the fields that it may leave
out; those that may be null as well end with a question mark.

    npm pack stripe@23.1.0 && tar xzf stripe-23.1.0.tgz
    python -m tests.acceptance.left_out_of package > tests/acceptance/left_out.txt
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

KINDS = (
    "Account", "AccountLink", "AccountSession", "ApplePayDomain", "Application", "ApplicationFee",
    "FeeRefund",
    "Balance", "BalanceSettings", "BalanceTransaction", "BankAccount", "Capability", "Card",
    "CashBalance", "Charge", "ConfirmationToken", "ConnectCollectionTransfer", "CountrySpec",
    "Coupon", "Price", "Product", "PromotionCode", "ShippingRate", "TaxRate",
    "Customer", "CustomerBalanceTransaction", "CustomerSession", "Dispute", "EarlyFraudWarning",
    "EphemeralKey", "Event", "ExchangeRate", "File", "FileLink", "LoginLink", "Mandate",
    "PaymentIntent", "PaymentLink", "PaymentMethod", "PaymentMethodConfiguration",
    "PaymentMethodDomain", "Payout",
    "Person", "Refund", "ReserveTransaction", "Reversal", "Review", "Session",
    "SetupAttempt", "SetupIntent",
    "Source", "TaxId", "Token", "Topup", "Transfer", "WebhookEndpoint",
)  # fmt: skip

_OPENS = re.compile(r"\s*(?:export )?(?:declare )?(interface|namespace) (\w+)\b.*\{$")
_FIELD = re.compile(r"\s*'?(\w+)'?(\??): ")


def left_out(definitions: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each class (`Charge.Outcome`) with the fields that it may leave out."""
    spaces: list[str] = []
    inside: list[str] | None = None
    for line in definitions.splitlines():
        if inside is not None:
            if line.strip() == "}":
                yield ".".join(inside[:1]), inside[1:]
                inside = None
            elif (found := _FIELD.match(line)) and found[2]:
                inside.append(found[1] + ("?" if "| null" in line else ""))
        elif found := _OPENS.match(line):
            if found[1] == "namespace":
                spaces.append(found[2])
            else:
                inside = [".".join((*spaces, found[2]))]
        elif line.strip() == "}" and spaces:
            spaces.pop()


def main(package: Path) -> None:
    """Print the table for the kinds of objects that Rialto has."""
    table = {}
    resources = package / "esm" / "resources"
    places = ("*.d.ts", "Radar/*.d.ts", "Checkout/*.d.ts")
    for file in sorted(found for place in places for found in resources.glob(place)):
        for name, fields in left_out(
            file.read_text().replace("interface EventBase", "interface Event")
        ):
            if name.split(".")[0] in KINDS and fields and not name.endswith("Params"):
                table[name] = sorted(fields)
    for name, fields in sorted(table.items()):
        print(name, *fields)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

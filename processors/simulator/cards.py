"""The published test cards, and what each one does. A number that is not here is refused."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from processors.protocols.base import Enrolment


class Behaviour(StrEnum):
    """What the simulated issuer and processor do with a card."""

    PAY = "pay"
    PAY_AT_ONCE = "pay_at_once"
    DECLINE = "decline"
    TIME_OUT_AFTER_CHARGING = "time_out_after_charging"
    TIME_OUT_BEFORE_CHARGING = "time_out_before_charging"
    ANSWER_LATE = "answer_late"
    REFUND_LATE = "refund_late"
    REFUND_FAILS_LATER = "refund_fails_later"
    REFUND_DECLINED = "refund_declined"


@dataclass(frozen=True, slots=True)
class TestCard:
    """A card of the simulated world.

    Args:
        name: Its token without prefix: `"visa"` is `pm_card_visa` and `tok_visa`.
        number: The published number; None for cards that only have a token.
        brand: As the wire names it.
        behaviour: What happens when it is charged or refunded.
        code: The error's code, for a card that is declined.
        decline_code: The issuer's reason, with `"card_declined"`.
        message: What the payer is told.
        advice: What to do after the decline.
        network_code: The two characters of the network.
        risk: How the risk check sees it.
        funding: `"credit"`, `"debit"` or `"prepaid"`.
        country: The country of the issuer.
        enrolment: What its bank does about 3-D Secure.
        declines_only_charges: True if it can be kept, and every charge is declined.
        line1_check: What the bank says of an address that was given.
        zip_check: What it says of a postal code that was given.
        cvc_check: What it says of a security code that was given.
    """

    name: str
    number: str | None
    brand: str = "visa"
    behaviour: Behaviour = Behaviour.PAY
    code: str = "card_declined"
    decline_code: str | None = None
    message: str = "Your card was declined."
    advice: str | None = None
    network_code: str | None = None
    risk: str = "normal"
    funding: str = "credit"
    country: str = "US"
    enrolment: Enrolment = Enrolment.NOT_ENROLLED
    declines_only_charges: bool = False
    line1_check: str = "pass"
    zip_check: str = "pass"
    cvc_check: str = "pass"


def _declining(name: str, number: str, decline_code: str, message: str, **more: Any) -> TestCard:
    return TestCard(
        name,
        number,
        behaviour=Behaviour.DECLINE,
        decline_code=decline_code,
        message=message,
        **({"advice": "try_again_later", "network_code": "01"} | more),
    )


# Where the issuer is, and the number of a card from there that pays.
_ISSUED_IN: Final = {
    "ar": "4000000320000021", "br": "4000000760000002", "ca": "4000001240000000",
    "cl": "4000001520000001", "co": "4000001700000003", "cr": "4000001880000005",
    "ec": "4000002180000000", "mx": "4000004840008001", "pa": "4000005910000000",
    "py": "4000006000000066", "pe": "4000006040000068", "uy": "4000008580000003",
    "ae": "4000007840000001", "at": "4000000400000008", "be": "4000000560000004",
    "bg": "4000001000000000", "by": "4000001120000005", "hr": "4000001910000009",
    "cy": "4000001960000008", "cz": "4000002030000002", "dk": "4000002080000001",
    "ee": "4000002330000009", "fi": "4000002460000001", "gi": "4000002920000005",
    "gr": "4000003000000030", "hu": "4000003480000005", "ie": "4000003720000005",
    "it": "4000003800000008", "lv": "4000004280000005", "li": "4000004380000004",
    "lt": "4000004400000000", "lu": "4000004420000006", "mt": "4000004700000007",
    "nl": "4000005280000002", "no": "4000005780000007", "pl": "4000006160000005",
    "pt": "4000006200000007", "ro": "4000006420000001", "sa": "4000006820000007",
    "si": "4000007050000006", "sk": "4000007030000001", "es": "4000007240000007",
    "se": "4000007520000008", "ch": "4000007560000009", "au": "4000000360000006",
    "cn": "4000001560000002", "hk": "4000003440000004", "in": "4000003560000008",
    "my": "4000004580000002", "nz": "4000005540000008", "sg": "4000007020000003",
    "tw": "4000001580000008",
}  # fmt: skip

# Issuers there must know that it is the payer, or be told why not.
_ASK_THE_PAYER: Final = frozenset(
    "at be bg ch cy cz dk ee es fi gi gr hr hu ie it li lt lu lv mt nl no pl pt ro se si sk".split()
)


def _issued_in(country: str, number: str) -> TestCard:
    asks = Enrolment.OPTIONAL if country in _ASK_THE_PAYER else Enrolment.NOT_ENROLLED
    return TestCard(country, number, country=country.upper(), enrolment=asks)


# Source: Stripe's page of test cards, numbers and tokens. What their payers complain of later
# is in `disputes`.
CARDS: Final = (
    TestCard("visa", "4242424242424242"),
    TestCard("visa_debit", "4000056655665556", funding="debit"),
    TestCard("mastercard", "5555555555554444", brand="mastercard"),
    TestCard("mastercard_debit", "5200828282828210", brand="mastercard", funding="debit"),
    TestCard("mastercard_prepaid", "5105105105105100", brand="mastercard", funding="prepaid"),
    TestCard(
        "amex", "378282246310005", brand="amex", enrolment=Enrolment.NOT_SUPPORTED,
    ),
    TestCard("discover", "6011111111111117", brand="discover"),
    TestCard("diners", "3056930009020004", brand="diners"),
    TestCard("jcb", "3566002020360505", brand="jcb"),
    TestCard("unionpay", "6200000000000005", brand="unionpay"),
    # A second number of a brand; their tokens are ours, since none is published.
    TestCard("visa_second", "4012888888881881"),
    TestCard("mastercard_second_series", "2223003122003222", brand="mastercard"),
    TestCard(
        "amex_second", "371449635398431", brand="amex", enrolment=Enrolment.NOT_SUPPORTED,
    ),
    TestCard("discover_second", "6011000990139424", brand="discover"),
    TestCard("discover_debit", "6011981111111113", brand="discover", funding="debit"),
    TestCard("diners_14_digits", "36227206271667", brand="diners"),
    TestCard("unionpay_debit", "6200000000000047", brand="unionpay", funding="debit"),
    TestCard("unionpay_19_digits", "6205500000000000004", brand="unionpay"),
    TestCard("avsFail", "4000000000000010", line1_check="fail", zip_check="fail"),
    TestCard("avsLine1Fail", "4000000000000028", line1_check="fail"),
    TestCard("avsZipFail", "4000000000000036", zip_check="fail"),
    TestCard(
        "avsUnchecked", "4000000000000044", line1_check="unavailable", zip_check="unavailable",
    ),
    TestCard("cvcCheckFail", "4000000000000101", cvc_check="fail"),
    TestCard("riskLevelHighest", "4000000000004954", risk="highest"),
    TestCard("bypassPending", "4000000000000077", behaviour=Behaviour.PAY_AT_ONCE),
    TestCard("riskLevelElevated", "4000000000009235", risk="elevated"),
    TestCard("pendingRefund", "4000000000007726", behaviour=Behaviour.REFUND_LATE),
    TestCard("refundFail", "4000000000005126", behaviour=Behaviour.REFUND_FAILS_LATER),
    TestCard("createDispute", "4000000000000259"),
    TestCard("createDisputeProductNotReceived", "4000000000002685"),
    TestCard("createDisputeInquiry", "4000000000001976"),
    TestCard("createIssuerFraudRecord", "4000000000005423"),
    _declining("chargeDeclined", "4000000000000002", "generic_decline", "Your card was declined."),
    _declining(
        "chargeDeclinedInsufficientFunds", "4000000000009995", "insufficient_funds",
        "Your card has insufficient funds.", network_code="51",
    ),
    _declining(
        "chargeDeclinedLostCard", "4000000000009987", "lost_card", "Your card was declined.",
        advice="do_not_try_again", network_code="41",
    ),
    _declining(
        "chargeDeclinedStolenCard", "4000000000009979", "stolen_card", "Your card was declined.",
        advice="do_not_try_again", network_code="43",
    ),
    _declining(
        "chargeDeclinedExpiredCard", "4000000000000069", "expired_card",
        "Your card has expired.", code="expired_card", advice="do_not_try_again",
        network_code="54",
    ),
    _declining(
        "chargeDeclinedIncorrectCvc", "4000000000000127", "incorrect_cvc",
        "Your card's security code is incorrect.", code="incorrect_cvc",
        advice="confirm_card_data", network_code="82",
    ),
    _declining(
        "chargeDeclinedProcessingError", "4000000000000119", "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
        code="processing_error", network_code="96",
    ),
    _declining(
        "visa_chargeDeclinedVelocityLimitExceeded", "4000000000006975",
        "card_velocity_exceeded",
        "Your card was declined for making repeated attempts too frequently or exceeding its "
        "amount limit.",
        network_code="65",
    ),
    _declining(
        "chargeCustomerFail", "4000000000000341", "generic_decline", "Your card was declined.",
        declines_only_charges=True,
    ),
    _declining(
        "radarBlock", "4100000000000019", "fraudulent", "Your card was declined.",
        advice="do_not_try_again", risk="highest",
    ),
    TestCard("authenticationRequired", "4000002760003184", enrolment=Enrolment.REQUIRED),
    TestCard("threeDSecure2Required", "4000000000003220", enrolment=Enrolment.REQUIRED),
    TestCard("threeDSecureRequired", "4000000000003063", enrolment=Enrolment.REQUIRED),
    TestCard("threeDSecureOptional", "4000000000003055", enrolment=Enrolment.OPTIONAL),
    TestCard(
        "threeDSecureOptionalProcessingError", "4000000000003097",
        enrolment=Enrolment.OPTIONAL_ERROR,
    ),
    TestCard(
        "authenticationRequiredOnSetup", "4000002500003155", enrolment=Enrolment.UNLESS_SET_UP,
    ),
    TestCard(
        "authenticationRequiredSetupForOffSession", "4000003800000446", enrolment=Enrolment.SET_UP,
    ),
    _declining(
        "threeDSecureRequiredProcessingError", "4000008400001280", "generic_decline",
        "Your card was declined.", enrolment=Enrolment.REQUIRED_ERROR,
    ),
    _declining(
        "threeDSecureRequiredChargeDeclined", "4000008400001629", "generic_decline",
        "Your card was declined.", enrolment=Enrolment.REQUIRED,
    ),
    _declining(
        "authenticationRequiredChargeDeclinedInsufficientFunds", "4000008260003178",
        "insufficient_funds", "Your card has insufficient funds.", network_code="51",
        enrolment=Enrolment.REQUIRED,
    ),
    TestCard("de", "4000002760000016", country="DE", enrolment=Enrolment.OPTIONAL),
    TestCard("fr", "4000002500000003", country="FR", enrolment=Enrolment.OPTIONAL),
    TestCard("gb", "4000008260000000", country="GB", enrolment=Enrolment.OPTIONAL),
    TestCard("jp", "4000003920000003", country="JP"),
    TestCard("th_credit", "4000007640000003", country="TH"),
    TestCard("th_debit", "4000057640000008", country="TH", funding="debit"),
    TestCard(
        "gb_debit", "4000058260000005", country="GB", funding="debit", enrolment=Enrolment.OPTIONAL,
    ),
    TestCard(
        "gb_mastercard", "5555558265554449", brand="mastercard", country="GB",
        enrolment=Enrolment.OPTIONAL,
    ),
    *(_issued_in(country, number) for country, number in _ISSUED_IN.items()),
    # Rialto's own, to rehearse what no published card does.
    TestCard("rialto_timeoutAfterCharge", None, behaviour=Behaviour.TIME_OUT_AFTER_CHARGING),
    TestCard("rialto_timeoutBeforeCharge", None, behaviour=Behaviour.TIME_OUT_BEFORE_CHARGING),
    TestCard("rialto_slow", None, behaviour=Behaviour.ANSWER_LATE),
    TestCard("rialto_refundDeclined", None, behaviour=Behaviour.REFUND_DECLINED),
    TestCard("rialto_disputePartial", None),
    TestCard("rialto_disputeLarger", None),
    TestCard("rialto_disputeLate", None),
)  # fmt: skip

BY_NAME: Final = {card.name: card for card in CARDS}
BY_NUMBER: Final = {card.number: card for card in CARDS if card.number}

# Published names of cards that stand above under another one.
_OTHER_NAMES: Final = {
    "us": "visa",
    "visa_chargeDeclined": "chargeDeclined",
    "visa_chargeDeclinedInsufficientFunds": "chargeDeclinedInsufficientFunds",
    "visa_chargeDeclinedLostCard": "chargeDeclinedLostCard",
    "visa_chargeDeclinedStolenCard": "chargeDeclinedStolenCard",
    "visa_chargeDeclinedExpiredCard": "chargeDeclinedExpiredCard",
    "visa_chargeDeclinedIncorrectCvc": "chargeDeclinedIncorrectCvc",
    "visa_chargeDeclinedProcessingError": "chargeDeclinedProcessingError",
    "chargeDeclinedVelocityLimitExceeded": "visa_chargeDeclinedVelocityLimitExceeded",
}

# A number that fails its checksum on purpose.
INCORRECT_NUMBER: Final = "4242424242424241"


def by_token(token: str) -> TestCard | None:
    """Return the card of `pm_card_...` or `tok_...`; None if there is no such card."""
    for prefix in ("pm_card_", "tok_"):
        if token.startswith(prefix):
            name = token.removeprefix(prefix)
            return BY_NAME.get(_OTHER_NAMES.get(name, name))
    return None

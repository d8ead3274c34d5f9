"""What each code of an error means, and where that is written: one table, one page."""

from typing import Final

from django.conf import settings

from core.types import Fields, JsonObject

CODES: Final[dict[str, str]] = {
    # Keys and accounts
    "account_invalid": "The account cannot be acted for: it is not connected, or cannot do this.",
    "api_key_expired": "The key is no longer valid. Use a current one.",
    "api_key_suspended": "An alarm has suspended the API key, until an operator undoes that.",
    "country_unsupported": "No account can be opened in this country.",
    "dpop_proof_invalid": "The access token is bound to a key of its client, and the request does "
    "not prove that it has that key.",
    "insufficient_capabilities_for_transfer": "The seller's transfers capability is not active: "
    "see the account's requirements.",
    "more_permissions_required": "The key, or what the owner agreed to, does not reach this far.",
    "testmode_charges_only": "Live payments are switched off in this Rialto. An operator switches "
    "them on under Going live; test keys work meanwhile.",
    "secret_key_required": "A publishable key may not do this. Ask from a server, or send the "
    "object's client secret.",
    # Requests
    "email_invalid": "This is no address that mail can be sent to.",
    "feature_not_supported": "Rialto does not do this, and the message says why and what to do.",
    "file_quota_exceeded": "The account keeps as many files, or as many bytes of them, as it may.",
    "file_too_large": "The file is larger than is taken for this purpose.",
    "idempotency_key_in_use": "The first request with this key is still running. Wait, and retry.",
    "invalid_characters": "The text has characters that cannot be shown on a statement.",
    "invalid_file_type": "This purpose takes files of other kinds.",
    "lock_timeout": "Another request is changing the object. Retry.",
    "parameter_invalid_empty": "The parameter may not be empty. Give a value, or leave it out.",
    "parameter_invalid_integer": "This must be a whole number within the bounds that are named.",
    "parameter_missing": "A parameter is needed that was not sent.",
    "parameter_unknown": "There is no such parameter for this call. Check how it is spelled.",
    "parameters_exclusive": "Only one of these parameters can be sent at a time.",
    "rate_limit": "There were too many requests. Wait a little longer before each retry.",
    "resource_already_exists": "The id or key is another object's. Choose another one.",
    "resource_missing": "There is no such object for this key, or it is of the other mode.",
    "url_invalid": "The address cannot be used. It begins with https:// and names a host.",
    # What is sold
    "coupon_expired": "The coupon or promotion code is used up, late, deleted or switched off.",
    "payment_link_inactive": "The payment link was deactivated, or as many have paid as may.",
    # Amounts and balances
    "amount_too_large": "The amount is more than is allowed, or than is left.",
    "amount_too_small": "The amount is less than the least that can be moved.",
    "application_fee_already_refunded": "Nothing is left of the fee to refund.",
    "balance_insufficient": "The available balance does not cover this. Wait for pending money.",
    "hold_already_resolved": "What was set aside has been used or given back already.",
    "instant_payouts_unsupported": "This bank account or card takes no instant payouts.",
    "payouts_not_allowed": "The account cannot be paid out now: see its requirements.",
    # Cards
    "authentication_required": "The payer's bank wants to ask who pays. Bring the payer back, and "
    "confirm again.",
    "card_declined": "The card was refused; `decline_code` says why. Ask for another way to pay.",
    "expired_card": "The card has expired. Ask for another one.",
    "incorrect_cvc": "The security code is wrong. Have it typed again.",
    "incorrect_number": "The number is no card's. Have it typed again.",
    "invalid_card_type": "Payouts go to debit cards only.",
    "invalid_cvc": "A security code has three or four digits.",
    "invalid_expiry_month": "The month of expiry is not between 1 and 12.",
    "invalid_expiry_year": "The year of expiry is past, or too far ahead.",
    "missing": "The customer has no card that could be charged. Save one, or name a source.",
    "processing_error": "Something failed on the way to the bank. Try again a little later.",
    # Bank accounts
    "account_closed": "The bank account has been closed. Ask for another way to pay.",
    "account_number_invalid": "The number is no account's. Have it typed again.",
    "bank_account_declined": "The payer's bank refused the debit. Ask for another way to pay.",
    "bank_account_unusable": "Money came back from this bank account. Add another one.",
    "bank_account_unverified": "The bank account is not verified yet. Send the two amounts that "
    "came to it.",
    "bank_account_verification_failed": "The amounts are not those that came to the bank account, "
    "or were wrong too often.",
    "charge_exceeds_source_limit": "The payments of the last days are more than may be debited.",
    "country_code_invalid": "The country is written with its two letters, such as US.",
    "debit_not_authorized": "The payer told the bank that this debit was not agreed to.",
    "insufficient_funds": "The bank account does not hold enough.",
    "invalid_bank_account_iban": "This is no valid IBAN. Have it typed again.",
    "no_account": "The bank knows no such account. Have the numbers typed again.",
    "routing_number_invalid": "The routing number is no bank's. Have it typed again.",
    # Charges and refunds
    "charge_already_captured": "The money has been taken already.",
    "charge_already_refunded": "The whole charge has been refunded.",
    "charge_disputed": "The payer's bank has taken the money back; it cannot be refunded as well.",
    "charge_expired_for_capture": "The reserved money was let go, as it was not captured in time.",
    "charge_not_capturable": "The charge waits for no capture.",
    "charge_not_refundable": "Only a charge that has succeeded can be refunded.",
    # Intents, payment methods and tokens
    "payment_intent_authentication_failure": "The payer did not pass the bank's question. Confirm "
    "again, with this or another payment method.",
    "payment_intent_invalid_currency": "The payment method does not take this currency.",
    "payment_intent_invalid_parameter": "The parameter does not go with this payment method.",
    "payment_intent_mandate_invalid": "The mandate does not cover this payment. Send mandate_data.",
    "payment_intent_payment_attempt_expired": "Nobody paid the code, or finished what the bank "
    "asked for, in time. Confirm again.",
    "payment_intent_payment_attempt_failed": "The payer's bank did not make the payment. Confirm "
    "again for a new code.",
    "payment_intent_unexpected_state": "The intent's status does not allow this. Read it first.",
    "payment_method_already_attached": "The payment method belongs to a customer already.",
    "payment_method_unexpected_state": "The payment method was used or detached. Make a new one.",
    "setup_intent_authentication_failure": "The payer did not pass the bank's question. Confirm "
    "again, with this or another payment method.",
    "setup_intent_mandate_invalid": "The mandate does not cover this. Send mandate_data.",
    "setup_intent_setup_attempt_expired": "The payer did not finish what the bank asked for in "
    "time. Confirm again.",
    "setup_intent_unexpected_state": "The intent's status does not allow this. Read it first.",
    "card_number_not_allowed": "The number of a card may not come here in live mode. Send a token "
    "that the processor's browser library made of it.",
    "token_already_used": "A token works once. Make a new one.",
}


def page_of(code: str) -> str:
    """Return the address of what is written about a code.

    Rails may tell codes of their own: for those it is the page of all codes.
    """
    page = f"{settings.PUBLIC_URL}/docs/errors/"
    return f"{page}#{code}" if code in CODES else page


def document(error: Fields | None) -> JsonObject | None:
    """Add to an error that an object keeps where its code is explained."""
    if error is None or not error.get("code"):
        return None if error is None else dict(error)
    return {**error, "doc_url": page_of(str(error["code"]))}

"""Checks of what an intent agrees on: an amount, a currency, and a split."""

from dataclasses import dataclass
from typing import Final

from core.errors import InvalidRequest
from core.security.origins import origin_of
from core.types import Fields


@dataclass(frozen=True, slots=True)
class ConfirmationOptions:
    """How the merchant confirms.

    Args:
        is_off: True if the payer is not there, and nobody can be asked.
        refuses_actions: True if the try shall fail rather than wait for the payer.
        return_url: Where the payer comes back to.
        customer_acceptance: How the payer agreed to be charged, for a mandate.
        mandate_id: An earlier mandate, by which it is charged.
    """

    is_off: bool = False
    refuses_actions: bool = False
    return_url: str | None = None
    customer_acceptance: Fields | None = None
    mandate_id: str | None = None


NO_OPTIONS: Final = ConfirmationOptions()


def check_options(
    session: ConfirmationOptions, *, is_confirmed: bool, kind: str = "PaymentIntent"
) -> None:
    """Refuse options of a confirmation without one, and return addresses of no web page.

    Args:
        session: The options of the confirmation.
        is_confirmed: True if it does.
        kind: What is confirmed, for people.

    Raises:
        InvalidRequest: `url_invalid`, or words about a confirmation without one.
    """
    given = {"off_session": session.is_off, "error_on_requires_action": session.refuses_actions}
    given["return_url"] = bool(session.return_url)
    given["mandate_data"] = session.customer_acceptance is not None
    given["mandate"] = session.mandate_id is not None
    for param, is_given in given.items():
        if is_given and not is_confirmed:
            raise InvalidRequest(
                f"{param} can only be used with confirm=true. Pass it when you confirm the {kind}.",
                code="parameter_unknown" if param == "return_url" else None,
                param=param,
            )
    if session.customer_acceptance is not None:
        check_acceptance(session.customer_acceptance)
    if session.return_url is not None and origin_of(session.return_url) is None:
        raise InvalidRequest(
            "Not a valid URL: return_url has to be an http or https address without a user.",
            code="url_invalid",
            param="return_url",
        )


def check_acceptance(acceptance: Fields) -> None:
    """Refuse a mandate without the payer's acceptance.

    Args:
        acceptance: The wire's `mandate_data[customer_acceptance]`.

    Raises:
        InvalidRequest: If it was accepted online and nobody says from where.
    """
    start = "mandate_data[customer_acceptance][online]"
    if acceptance["type"] != "online":
        return
    for name in ("ip_address", "user_agent"):
        if not (acceptance.get("online") or {}).get(name):
            raise InvalidRequest(
                f"Missing required param: {start}[{name}].",
                code="parameter_missing",
                param=f"{start}[{name}]",
            )

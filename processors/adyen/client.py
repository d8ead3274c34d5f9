"""The way to Adyen, by its own package."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

import Adyen
import requests
from Adyen.exceptions import (
    AdyenAPIAuthenticationError,
    AdyenAPIInvalidPermission,
    AdyenAPIResponseError,
    AdyenAPIUnprocessableEntity,
    AdyenAPIValidationError,
    AdyenError,
)

from core.types import JsonObject
from processors.adyen.about import API_KEY, LIVE_PREFIX, MERCHANT_ACCOUNT
from processors.protocols.accounts import RailAccount
from processors.protocols.base import AccessRefused, ProcessorUnavailable, Throttled

# Longer than Adyen ever takes, and shorter than a worker's time.
_TIMEOUT_SECONDS = (5.0, 25.0)
_VERSION: Final = "v72"
_DISPUTES: Final = "DisputeService/v30"
# How requests name the merchant's account; those about disputes have a word of their own.
MERCHANT, DISPUTED_MERCHANT = "merchantAccount", "merchantAccountCode"
# A request with this key is being worked on: the answer is not known yet.
_IN_PROGRESS: Final = frozenset({"703", "704"})


class Refused(Exception):
    """Adyen did not take the request, and nothing was done."""


class Client:
    """The API of one account there, at the versions that this rail was written for."""

    def __init__(self, account: RailAccount) -> None:
        """Open an account.

        Raises:
            AccessRefused: If a credential is missing.
        """
        needed = [MERCHANT_ACCOUNT, API_KEY]
        if account.livemode and not account.base_url:
            needed.append(LIVE_PREFIX)
        for name in needed:
            if not account.credentials.get(name):
                raise AccessRefused(f"The account {account.name} has no {name}.")
        self.merchant = account.credentials[MERCHANT_ACCOUNT]
        inner = Adyen.AdyenClient(
            xapikey=account.credentials[API_KEY],
            platform="live" if account.livemode and not account.base_url else "test",
            live_endpoint_prefix=account.credentials.get(LIVE_PREFIX),
            http_force="requests",
            http_timeout=_TIMEOUT_SECONDS,
        )
        checkout = Adyen.services.AdyenCheckoutApi(client=inner)
        self.payments = checkout.payments_api
        self.modifications = checkout.modifications_api
        self.disputes = Adyen.services.AdyenDisputesApi(client=inner).disputes_api
        # Reports are kept where disputes are answered.
        there = urlsplit(self.disputes.baseUrl)
        files = f"{there.scheme}://{there.netloc}"
        files = files.replace("-test", "-live") if account.livemode else files
        self.files_url = account.base_url or files
        if account.base_url:
            for api in (self.payments, self.modifications):
                api.baseUrl = f"{account.base_url}/{_VERSION}"
            self.disputes.baseUrl = f"{account.base_url}/{_DISPUTES}"

    def send(
        self,
        call: Callable[..., Any],
        body: JsonObject,
        *path: str,
        key: str | None = None,
        merchant: str = MERCHANT,
    ) -> JsonObject:
        """Send a request of this merchant's, and return the answer.

        Args:
            call: One of the package's.
            body: What is asked for, without the name of the merchant's account.
            path: What the address names.
            key: The same key is answered with what it was answered first.
            merchant: How the request names the merchant's account.

        Raises:
            Refused: If nothing was done.
            ProcessorUnavailable: If it is not certain that nothing was done. A wrong key of the
                API's is one of these: the request may have been carried out before it changed.
        """
        whole = {merchant: self.merchant, **body}
        try:
            answer = call(whole, *path, idempotency_key=key)
        except (AdyenAPIValidationError, AdyenAPIUnprocessableEntity) as error:
            if _is_passing(error):
                raise ProcessorUnavailable(_words(error)) from error
            raise Refused(_words(error)) from error
        except (AdyenAPIAuthenticationError, AdyenAPIInvalidPermission) as error:
            raise AccessRefused(_words(error)) from error
        except (AdyenError, requests.RequestException) as error:
            is_too_much = getattr(error, "status_code", None) == requests.codes.too_many_requests
            why = Throttled if is_too_much else ProcessorUnavailable
            raise why(_words(error)) from error
        if not answer.message:
            raise ProcessorUnavailable("What Adyen answered is no answer.")
        message: JsonObject = answer.message
        return message


@lru_cache(maxsize=8)
def client(account: RailAccount) -> Client:
    """Return the client of an account.

    Raises:
        AccessRefused: If a credential is missing.
    """
    return Client(account)


def _is_passing(error: AdyenAPIResponseError) -> bool:
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    is_transient = str(headers.get("transient-error", "")).lower() == "true"
    return is_transient or str(error.error_code) in _IN_PROGRESS


def _words(error: Exception) -> str:
    if isinstance(error, AdyenAPIResponseError):
        answer = error.message
        text = answer.get("message") if isinstance(answer, dict) else answer
        return f"{type(error).__name__} {error.status_code} {error.error_code}: {text}"[:500]
    return f"{type(error).__name__}: {error}"[:500]

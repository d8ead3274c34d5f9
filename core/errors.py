"""What can go wrong in a way that the caller should hear of.

RialtoError
├── InvalidRequest            the caller can mend it
│   ├── Missing               no such object, or not yours
│   ├── Unauthenticated       no key, or an unknown one
│   ├── Forbidden             the key may not do this
│   ├── Busy                  somebody else is changing the object: try again
│   └── TooManyRequests
├── IdempotencyMismatch       the same key came with another request
├── IdempotencyInUse          the first request with this key is still running
├── CardError                 the payer's card was refused
└── ServiceFailure            our fault
    └── Unavailable           something that we need is briefly away

Concrete errors live beside the function that raises them. The domain names no
HTTP status: `api.answers.errors` has the one table.
"""

from collections.abc import Mapping


class RialtoError(Exception):
    """An anticipated failure, told to the caller in the wire's words.

    Args:
        message: A sentence that says what is wrong and what to do.
        code: A word of the protocol, such as `"resource_missing"`.
        param: The parameter at fault in bracket form, such as `"card[number]"`.
        extra: Further keys of the error object, such as `decline_code` or a rendered
            `payment_intent`.
    """

    type = "api_error"
    default_code: str | None = None

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.param = param
        self.extra = dict(extra or {})


class InvalidRequest(RialtoError):
    """The request cannot be carried out as it stands."""

    type = "invalid_request_error"


class Missing(InvalidRequest):
    """There is no such object for this caller. Another tenant's object is missing too."""

    default_code = "resource_missing"


class Unauthenticated(InvalidRequest):
    """There is no usable key."""


class Forbidden(InvalidRequest):
    """The key is good, but not for this."""


class Busy(InvalidRequest):
    """Another request holds the object."""

    default_code = "lock_timeout"


class TooManyRequests(InvalidRequest):
    """The caller is over a limit.

    Args:
        message: As of every failure.
        reason: The kind of limit, in the wire's word; empty for one that is ours alone.
        seconds: After how many another try may pass.
    """

    default_code = "rate_limit"

    def __init__(self, message: str, *, reason: str = "", seconds: int = 1) -> None:
        super().__init__(message)
        self.reason = reason
        self.seconds = seconds


class IdempotencyMismatch(RialtoError):
    """An idempotency key was used again for something else."""

    type = "idempotency_error"


class IdempotencyInUse(RialtoError):
    """The first request with this idempotency key has not ended."""

    type = "idempotency_error"
    default_code = "idempotency_key_in_use"


class CardError(RialtoError):
    """The card was refused; the failed try is kept."""

    type = "card_error"
    default_code = "card_declined"


class ServiceFailure(RialtoError):
    """A failure of ours. The message does not tell how."""


class Unavailable(ServiceFailure):
    """Something that we need is briefly away, and without it we would have to guess."""


def missing(kind: str, id: str, *, param: str = "id") -> Missing:
    """Make the answer for an object that does not exist or belongs to somebody else.

    Args:
        kind: The wire's word for the object, such as `"payment_intent"`.
        id: What was asked for.
        param: The parameter that held it.
    """
    return Missing(f"No such {kind}: '{id}'", param=param)

"""What the services of FAPI clients share: errors in OAuth's words, and the issuer."""

from django.conf import settings


class ProtocolError(Exception):
    """An error response of OAuth 2.0.

    Args:
        error: A word of the standards, such as `"invalid_request"`.
        description: A sentence for the client's developer.
        status: The HTTP status.
    """

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status


def issuer() -> str:
    """Return the issuer: who signs, and whom assertions are for."""
    return str(settings.PUBLIC_URL)


def unavailable() -> ProtocolError:
    """Make the error for a time in which nobody knows whether something has been used."""
    return ProtocolError(
        "temporarily_unavailable",
        "Whether this was used before cannot be checked just now. Retry with a new proof.",
        status=503,
    )

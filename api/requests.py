"""A request of the wire protocol, as a view sees it."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

from api.caller import Caller

# What a handler returns: a wire object, rendered in the newest version.
Result = dict[str, Any]


class ApiRequest(Request):
    """What a handler is given.

    It is a DRF request that skips everything DRF would look up on its own: the
    parameters are parsed and the caller is known before a handler runs.

    Attributes:
        caller: Who asks, and on which account.
        at: The moment of the request, in UTC. The clock is read here and nowhere below.
        request_id: `req_...`.
        params: The parameters as nested dicts, lists and scalars; strings if they came as a form.
        idempotency_key: The caller's, or None.
        is_known: Whether `caller` is set yet.
        http: Django's request.
    """

    caller: Caller
    at: datetime
    request_id: str
    params: dict[str, Any]
    idempotency_key: str | None
    is_known: bool
    http: HttpRequest

    def __init__(self, request: HttpRequest, *, request_id: str, at: datetime) -> None:
        # DRF's own initializer prepares negotiation, parsers and authenticators.
        self._request = self.http = request
        self.request_id = request_id
        self.at = at
        self.params = {}
        self.idempotency_key = None
        self.is_known = False
        self._user = None
        self._auth = None

    def know(self, caller: Caller) -> Caller:
        """Set the caller."""
        self.caller = caller
        self.is_known = True
        return caller

    @property
    def data(self) -> dict[str, Any]:
        """The parameters, by DRF's name."""
        return self.params

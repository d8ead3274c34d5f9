"""Requests and answers in the version that their caller speaks."""

from datetime import datetime

from django.http import HttpRequest

from api.access import permissions
from api.access.caller import Caller
from api.answers import expand
from api.older import older_requests, versions
from api.refused import unsupported
from core.types import JsonObject

Wire = JsonObject


def bring_up(payload: Wire, version: str, request: HttpRequest) -> None:
    """Read what a request of an older version says, in place, as the newest version says it."""
    if older_requests.is_older(version):
        older_requests.bring_up(payload, version, unsupported.call_of(request))


def embed_lists(result: Wire, version: str, caller: Caller, at: datetime) -> None:
    """Put into objects, in place, the lists that a version has inside of them."""

    def guard(resource: str) -> None:
        permissions.check_expansion(caller, resource)

    for one in versions.inside(version):
        expand.embed_list(result, one.kind, one.field, caller.tenant, at, guard)


def render(result: Wire, version: str, caller: Caller, at: datetime) -> None:
    """Render an answer, in place, as it was when the version was the newest."""
    if versions.is_older(version):
        embed_lists(result, version, caller, at)
        versions.downgrade(result, version)

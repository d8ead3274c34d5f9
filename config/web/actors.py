"""Who a page works for, from where: what the audit trail keeps of a request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.audit import reasons
from accounts.models import User
from accounts.people import sessions, step_up
from core import ids
from core.detection import signals
from core.detection.networks import network_of
from core.detection.signals import Source
from core.security import actor
from core.security.actor import Actor, ActorKind

Handler = Callable[[HttpRequest], HttpResponse]


class KnownActor:
    """Let what works for a page know who asks for it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = ids.new_id("req")
        source = Source(network=network_of(request.META.get("REMOTE_ADDR") or ""))
        with actor.acting(lambda: _actor(request, request_id)), signals.coming_from(source):
            return self.get_response(request)


def _actor(request: HttpRequest, request_id: str) -> Actor:
    user = request.user
    key = request.session.session_key
    person = user if isinstance(user, User) else None
    return Actor(
        kind=ActorKind.OPERATOR if person else ActorKind.ANONYMOUS,
        id=person.pk if person else None,
        email=person.email if person else "",
        name=person.name if person else "",
        address=request.META.get("REMOTE_ADDR") or None,
        session=sessions.digest(key) if key else "",
        request_id=request_id,
        step_up_seconds=step_up.age_of(request) if person else None,
        # Whoever says more is refused by what acts.
        reason=request.POST.get("reason", "").strip()[: reasons.LONGEST],
    )

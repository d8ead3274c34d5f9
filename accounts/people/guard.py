"""Nobody does an operator's work whose session has not proven a second factor."""

from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.models import User
from accounts.people import proofs
from core.detection import signals
from core.detection.signals import Observation, Signal

Handler = Callable[[HttpRequest], HttpResponse]

# Where operators act: in the admin, and where they let others into accounts of theirs.
_GUARDED: Final = ("/admin/", "/oauth/", "/express/oauth/")
# Where they prove who they are, or leave.
PROVING: Final = (
    "/admin/login/", "/admin/logout/", "/admin/confirm/", "/admin/factors/add/",
    "/admin/invitation/",
)  # fmt: skip


class Guard:
    """Lead operators to their second factor, or to setting one up, before anything else."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if path.startswith(_GUARDED) and not path.startswith(PROVING):
            if _lacks_proof(request):
                return _lead(request)
        response = self.get_response(request)
        # Whom no page has asked for is not asked for here: that is a query.
        person = getattr(request, "_cached_user", None)
        if path.startswith("/admin/") and isinstance(person, User) and person.is_staff:
            signals.note(Observation(Signal.STAFF_READ, person_id=str(person.pk)))
        return response


def _lacks_proof(request: HttpRequest) -> bool:
    if settings.ADMIN_WITHOUT_MFA or not getattr(request.user, "is_staff", False):
        return False
    return proofs.proven_at(request) is None


def _lead(request: HttpRequest) -> HttpResponse:
    # A recovery code leads to a new factor, and to nothing else.
    proves = proofs.has_factor(str(request.user.pk)) and not proofs.is_recovered(request)
    page = reverse("people_step_up" if proves else "people_add_factor")
    wanted = request.get_full_path() if request.method in ("GET", "HEAD") else "/admin/"
    return HttpResponseRedirect(f"{page}?{urlencode({'next': wanted})}")

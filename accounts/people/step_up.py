"""Step-up: whoever moves money, makes keys, exports or changes roles proves who they are just then.

Put it on a view, outermost but for what lets people in at all:

    @step_up(max_age=300)
    def refund(request, payment_id): ...

    @method_decorator(step_up(), name="dispatch")
    class NewKeyView(View): ...

    class UserAdmin(ModelAdmin):
        @method_decorator(step_up())
        def user_change_password(self, request, id, form_url=""): ...

    @step_up(only_posts=True)  # anybody may look
    def negative_balances(request): ...

    class FeeScheduleAdmin(StepsUpToChange, ModelAdmin): ...  # to add, change and delete

A view that asks only sometimes, as for a refund above a limit, calls `is_fresh` and answers with
`ask`:

    if amount > limit and not is_fresh(request):
        return ask(request)

A POST is carried through: the page that asks holds its fields, and with the right code the view
goes on with them. Files cannot be held; they are chosen again. A second factor that was proven at
log-in counts for as long. Passwords and recovery codes never do. With `RIALTO_ADMIN_WITHOUT_MFA`
nothing is asked; production refuses that setting.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar, cast
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext

from accounts.models import User
from accounts.people import pages, proofs
from accounts.people.forms import FactorForm

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

MAX_AGE_SECONDS: Final = 300
# What the page that asks adds to the fields that it carries.
_PREFIX: Final = "step_up"


def step_up(*, max_age: int = MAX_AGE_SECONDS, only_posts: bool = False) -> Callable[[View], View]:
    """Let a view run only if a second factor was proven within so many seconds.

    Args:
        max_age: How many.
        only_posts: Whether a page may be looked at without.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            asks = request.method == "POST" or not only_posts
            if asks and not is_fresh(request, max_age=max_age):
                if not request.user.is_authenticated:
                    return redirect_to_login(request.get_full_path(), reverse("admin:login"))
                if (asked := _try_answer(request)) is not None:
                    return asked
            return view(request, *args, **kwargs)

        return cast("View", checked)

    return decorate


class StepsUpToChange:
    """Mix into a page of the admin whose rows are money, or say who may what."""

    @method_decorator(step_up(only_posts=True))
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show a row, and add or change it."""
        return super().changeform_view(request, *args, **kwargs)  # type: ignore[misc,no-any-return]

    @method_decorator(step_up(only_posts=True))
    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Delete a row."""
        return super().delete_view(request, *args, **kwargs)  # type: ignore[misc,no-any-return]

    @method_decorator(step_up(only_posts=True))
    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """List rows, and do something to several."""
        return super().changelist_view(request, *args, **kwargs)  # type: ignore[misc,no-any-return]


def is_fresh(request: HttpRequest, *, max_age: int = MAX_AGE_SECONDS) -> bool:
    """Tell whether whoever asks has proven a second factor within so many seconds."""
    return settings.ADMIN_WITHOUT_MFA or proofs.is_recent(request, max_age=max_age)


def age_of(request: HttpRequest) -> int | None:
    """Return how many seconds ago a second factor was proven; None if none was."""
    at = proofs.proven_at(request)
    return None if at is None else int(time.time() - at)


def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a second factor, and come back to this request with it."""
    if request.method != "POST":
        wanted = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('people_step_up')}?{wanted}")
    if request.FILES:
        messages.warning(request, gettext("Now choose the file again, and send it."))
        wanted = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('people_step_up')}?{wanted}")
    return _render(request, _form(request, bound=False))


def prove(request: HttpRequest) -> HttpResponse:
    """The page that asks before a page is shown."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    form = _form(request, bound=request.method == "POST")
    if form.is_bound and form.is_valid():
        assert form.authenticator is not None
        proofs.prove(request, form.authenticator)
        return HttpResponseRedirect(pages.next_of(request))
    return _render(request, form, next=pages.next_of(request))


def _try_answer(request: HttpRequest) -> HttpResponse | None:
    """Take the proof that a carried form brings; None if the view may go on."""
    if request.method != "POST" or f"{_PREFIX}-code" not in request.POST:
        return ask(request)
    form = _form(request, bound=True)
    if not form.is_valid():
        return _render(request, form)
    assert form.authenticator is not None
    proofs.prove(request, form.authenticator)
    return None


def _form(request: HttpRequest, *, bound: bool) -> FactorForm:
    assert isinstance(request.user, User)
    return FactorForm(request.POST if bound else None, user=request.user, prefix=_PREFIX)


def _render(request: HttpRequest, form: FactorForm, next: str = "") -> HttpResponse:
    types = set(
        Authenticator.objects.filter(user_id=str(request.user.pk)).values_list("type", flat=True)
    )
    carried = [
        (name, value)
        for name, values in request.POST.lists()
        if not next and name != "csrfmiddlewaretoken" and not name.startswith(f"{_PREFIX}-")
        for value in values
    ]
    context = {
        "form": form,
        "carried": carried,
        "next": next,
        "has_code": Authenticator.Type.TOTP in types,
        "js_data": (
            {"request_options": webauthn.begin_authentication(request.user)}
            if Authenticator.Type.WEBAUTHN in types
            else None
        ),
    }
    status = 400 if form.is_bound else 200
    title = gettext("Confirm that it is you")
    return pages.page(request, "step_up", context, title=title, status=status)

"""Logging in: a password or a passkey, then a second factor of whoever has one."""

from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import perform_login, perform_password_login
from allauth.account.models import Login
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.audit.access_log import log_refused
from accounts.models import User
from accounts.people import pages
from accounts.people.forms import FactorForm, LogInForm, PasskeyLogInForm


@method_decorator([never_cache, sensitive_post_parameters("password")], name="dispatch")
class LogInView(View):
    """Let operators in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_active and getattr(request.user, "is_staff", False):
            return HttpResponseRedirect(pages.next_of(request))
        return self._render(request, LogInForm(request=request))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LogInForm(request.POST, request=request, staff=True)
        if form.is_valid():
            assert form.user is not None
            return log_in(request, form.user, pages.next_of(request))
        return self._render(request, form)

    def _render(self, request: HttpRequest, form: LogInForm) -> HttpResponse:
        context = {
            "form": form,
            "next": pages.next_of(request),
            "has_passkeys": pages.can_have_passkeys(request),
        }
        return pages.page(request, "log_in", context, title=gettext("Log in"))


def log_in(request: HttpRequest, user: User, url: str) -> HttpResponse:
    """Log in whoever gave a password, or ask for the second factor first."""
    login = Login(user=user, email=user.email, redirect_url=url)
    answer: HttpResponse = perform_password_login(request, {"email": user.email}, login)
    return answer


@method_decorator(
    login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login"),
    name="dispatch",
)
class SecondFactorView(View):
    """Ask for the second factor of whoever gave the right password."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._render(request, FactorForm(user=self._user(request), recovers=True))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = FactorForm(request.POST, user=self._user(request), recovers=True)
        if not form.is_valid():
            return self._render(request, form)
        post_authentication(request, form.authenticator)
        answer: HttpResponse = self._stage(request).exit()
        return answer

    def _stage(self, request: HttpRequest) -> Any:
        return request._login_stage  # type: ignore[attr-defined]  # noqa: SLF001  allauth's

    def _user(self, request: HttpRequest) -> User:
        user = self._stage(request).login.user
        assert isinstance(user, User)
        return user

    def _render(self, request: HttpRequest, form: FactorForm) -> HttpResponse:
        types = set(
            Authenticator.objects.filter(user_id=form.user.pk).values_list("type", flat=True)
        )
        has_passkey = Authenticator.Type.WEBAUTHN in types
        options = webauthn.begin_authentication(form.user) if has_passkey else None
        context = {
            "form": form,
            "has_code": Authenticator.Type.TOTP in types,
            "js_data": {"request_options": options} if options else None,
        }
        status = 400 if form.is_bound else 200
        return pages.page(
            request, "second_factor", context, title=gettext("Your second factor"), status=status
        )


@method_decorator(never_cache, name="dispatch")
class PasskeyLogInView(View):
    """Let operators in by a passkey alone, which has checked who holds it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse({"request_options": webauthn.begin_authentication(None)})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PasskeyLogInForm(request.POST, request=request)
        if not form.is_valid():
            log_refused(request, factor="passkey")
            messages.error(
                request, gettext("That passkey lets nobody in. Log in with your password.")
            )
            return HttpResponseRedirect(reverse("account_login"))
        assert form.authenticator is not None
        post_authentication(request, form.authenticator, passwordless=True)
        login = Login(user=form.authenticator.user, redirect_url=pages.next_of(request))
        answer: HttpResponse = perform_login(request, login)
        return answer

"""Pages of one's own factors: set one up, keep recovery codes, see and remove what is there."""

import time
from typing import Final
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.contrib import admin, messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.models import Session, User
from accounts.people import agents, pages, proofs, services, sessions
from accounts.people.forms import use_code
from accounts.people.step_up import MAX_AGE_SECONDS, step_up
from accounts.people.views.invitations import may_invite
from core.errors import RialtoError
from core.types import JsonObject

# In the session: that new recovery codes are to be shown, and where their reader goes then.
_SHOWS_CODES: Final = "people.shows_codes"
_NEXT: Final = "people.next"
_NAMES: Final = {"totp": gettext_lazy("Application for codes"), "webauthn": gettext_lazy("Passkey")}


class ApplicationForm(forms.Form):
    """The first code of a new application."""

    code = forms.CharField(label=gettext_lazy("Code"), max_length=20)

    def __init__(self, *args: object, user: User, secret: str, **kw: object) -> None:
        super().__init__(*args, **kw)  # type: ignore[arg-type]
        self.user = user
        self.secret = secret

    def clean_code(self) -> str:
        """Check it.

        Raises:
            ValidationError: If it is wrong, or too many were.
        """
        clear = check_rate_limit(self.user, error_key="rate_limited")
        code = "".join(letter for letter in self.cleaned_data["code"] if letter.isdigit())
        if not totp.validate_totp_code(self.secret, code):
            raise get_adapter().validation_error("incorrect_code")
        use_code(self.user, code)
        clear()
        return code


class PasskeyForm(forms.Form):
    """What a browser tells of a new passkey."""

    name = forms.CharField(max_length=60, required=False)
    credential = forms.JSONField(widget=forms.HiddenInput)

    def clean_credential(self) -> JsonObject:
        """Check that it was made for us, just now.

        Raises:
            ValidationError: If it was not.
        """
        credential: JsonObject = self.cleaned_data["credential"]
        try:
            webauthn.parse_registration_response(credential)
            webauthn.complete_registration(credential)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise get_adapter().validation_error("incorrect_code") from error
        return credential


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class AddFactorView(View):
    """Set up an application for codes, or a passkey."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if (elsewhere := _lead_away(request)) is not None:
            return elsewhere
        return self._render(request, regenerates=True)

    def post(self, request: HttpRequest) -> HttpResponse:
        if (elsewhere := _lead_away(request)) is not None:
            return elsewhere
        user, replaces = _person(request), proofs.is_recovered(request)
        if "credential" in request.POST:
            passkey = PasskeyForm(request.POST)
            if not passkey.is_valid():
                return self._render(request, passkey)
            added = services.add_passkey(
                user=user,
                name=passkey.cleaned_data["name"],
                credential=passkey.cleaned_data["credential"],
                replaces_all=replaces,
            )
        else:
            form = ApplicationForm(request.POST, user=user, secret=totp.get_totp_secret())
            if not form.is_valid():
                return self._render(request, form)
            added = services.add_application(user=user, secret=form.secret, replaces_all=replaces)
            totp.clear_totp_secret(request)
        return _finish(request, added)

    def _render(
        self, request: HttpRequest, form: forms.Form | None = None, *, regenerates: bool = False
    ) -> HttpResponse:
        user = _person(request)
        secret = totp.get_totp_secret(regenerate=regenerates)
        adapter = get_adapter()
        with_passkeys = pages.can_have_passkeys(request)
        options = webauthn.begin_registration(user, passwordless=True) if with_passkeys else None
        context = {
            "form": form,
            "problems": [text for texts in form.errors.values() for text in texts] if form else [],
            "svg": adapter.build_totp_svg(adapter.build_totp_url(user, secret)),
            "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
            "js_data": {"creation_options": options} if options else None,
            "next": pages.next_of(request),
            "is_recovered": proofs.is_recovered(request),
            "replaces": Authenticator.objects.filter(
                user_id=user.pk, type=Authenticator.Type.TOTP
            ).exists(),
        }
        status = 400 if form else 200
        return pages.page(
            request,
            "add_factor",
            context,
            title=gettext("Set up your second factor"),
            status=status,
        )


def _lead_away(request: HttpRequest) -> HttpResponse | None:
    """Send whoever may add no factor now to where he proves who he is; None if he may."""
    if not getattr(request.user, "is_staff", False):
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    recent = proofs.is_recent(request, max_age=MAX_AGE_SECONDS)
    if recent or proofs.is_recovered(request):
        return None
    if proofs.has_factor(str(request.user.pk)):
        wanted = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('people_step_up')}?{wanted}")
    if _gave_password(request):
        return None
    # Whoever finds a browser that was left alone is not to make himself at home.
    logout(request)
    messages.warning(request, gettext("Log in again, then set up your second factor."))
    return redirect_to_login(request.get_full_path(), reverse("admin:login"))


def _gave_password(request: HttpRequest) -> bool:
    return any(
        record.get("method") == "password"
        and time.time() - record["at"] < proofs.ENROLS_WITHIN_SECONDS
        for record in get_authentication_records(request, request.user)
    )


def _finish(request: HttpRequest, added: Authenticator) -> HttpResponse:
    had_codes = Authenticator.objects.filter(
        user_id=added.user_id,
        type=Authenticator.Type.RECOVERY_CODES,
        created_at__lt=added.created_at,
    ).exists()
    proofs.prove(request, added)
    sessions.end_all(_person(request), but=request.session.session_key)
    if had_codes:
        messages.success(request, gettext("It is set up."))
        return HttpResponseRedirect(pages.next_of(request))
    request.session[_SHOWS_CODES] = True
    request.session[_NEXT] = pages.next_of(request)
    return HttpResponseRedirect(reverse("people_codes"))


class CodesView(View):
    """Show recovery codes once, and make new ones."""

    @method_decorator(never_cache)
    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.session.pop(_SHOWS_CODES, False):
            return HttpResponseRedirect(reverse("people_security"))
        context = {
            "codes": services.unused_codes(_person(request)),
            "next": request.session.pop(_NEXT, pages.HOME),
        }
        return pages.page(request, "codes", context, title=gettext("Keep your recovery codes"))

    @method_decorator(step_up())
    def post(self, request: HttpRequest) -> HttpResponse:
        services.renew_recovery_codes(user=_person(request))
        request.session[_SHOWS_CODES] = True
        request.session[_NEXT] = reverse("people_security")
        return HttpResponseRedirect(reverse("people_codes"))


class SecurityView(View):
    """One's own factors."""

    def get(self, request: HttpRequest) -> HttpResponse:
        user = _person(request)
        factors = Authenticator.objects.filter(user_id=user.pk, type__in=proofs.FACTORS)
        context = admin.site.each_context(request) | {
            "title": gettext("Your log-in"),
            "factors": [_factor(row) for row in factors.order_by("pk")],
            "codes_left": len(services.unused_codes(user)),
            "may_invite": may_invite(user),
            "sessions": [_session(row, request) for row in sessions.of(user)],
        }
        return TemplateResponse(request, "admin/people/security.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        match request.POST.get("do"):
            case "remove":
                return _remove(request)
            case "end":
                ended = sessions.end_one(user=_person(request), key=request.POST.get("key", ""))
                messages.success(
                    request, gettext("It is ended.") if ended else gettext("It was over already.")
                )
            case "end_others":
                count = sessions.end_all(_person(request), but=request.session.session_key)
                messages.success(
                    request, gettext("Sessions that were ended: %(count)s.") % {"count": count}
                )
        return HttpResponseRedirect(reverse("people_security"))


@step_up()
def _remove(request: HttpRequest) -> HttpResponse:
    factor = request.POST.get("factor", "")
    number = int(factor) if factor.isdecimal() and len(factor) < 19 else 0
    try:
        services.remove_factor(user=_person(request), factor_id=number)
        sessions.end_all(_person(request), but=request.session.session_key)
        messages.success(request, gettext("It is removed."))
    except RialtoError as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(reverse("people_security"))


def _factor(row: Authenticator) -> JsonObject:
    name = row.wrap().name if row.type == Authenticator.Type.WEBAUTHN else ""
    return {
        "id": row.pk,
        "kind": _NAMES[row.type],
        "name": name,
        "created_at": row.created_at,
        "last_used_at": row.last_used_at,
    }


def _session(row: Session, request: HttpRequest) -> JsonObject:
    is_this = row.pk == sessions.digest(request.session.session_key or "")
    return {"row": row, "where": agents.name_of(row.agent), "is_this": is_this}


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user

"""Connect OAuth: a page on which an account's owner agrees, and the calls that platforms make."""

import secrets
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from django import forms
from django.contrib.auth.views import LoginView
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.exceptions import OAuthToolkitError
from oauth2_provider.forms import AllowForm
from oauth2_provider.views import AuthorizationView

from accounts.authentication import authenticate
from accounts.models import Account, ApiKey, OAuthApplication
from connect.oauth import consent_words
from connect.oauth.services import applications, oauth
from connect.oauth.services.oauth import OAuthError, Token
from connect.pages import form_of, is_own_form, protect
from core.errors import RialtoError
from core.ids import application_id
from core.tenant import Tenant
from core.types import JsonObject

# The toolkit's words for what is wrong with a link → those of the wire.
_TOLD_AS: Final = {"unauthorized_client": "unsupported_response_type"}
# Who may let somebody else into an account.
MAY_SHARE: Final = ("owner", "admin")


class SignInView(LoginView):
    """Let a person in who works for an account."""

    template_name = "connect/login.html"
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.nonce = secrets.token_urlsafe(16)
        return protect(super().dispatch(request, *args, **kwargs), self.nonce)

    def get_context_data(self, **kwargs: Any) -> JsonObject:
        return super().get_context_data(**kwargs) | {"nonce": self.nonce}


class ConsentForm(AllowForm):  # type: ignore[misc]
    account = forms.CharField(required=False, max_length=64)


class ConsentView(AuthorizationView):  # type: ignore[misc]
    """Ask whether an application may see an account, or act in it."""

    template_name = "connect/consent.html"
    form_class = ConsentForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.nonce = secrets.token_urlsafe(16)
        if any("\0" in text for text in (*request.GET.values(), *request.POST.values())):
            return protect(self._broken("It holds a character that no link has."), self.nonce)
        answer = super().dispatch(request, *args, **kwargs)
        asked = request.POST.get("redirect_uri") or request.GET.get("redirect_uri", "")
        client_id = request.POST.get("client_id") or request.GET.get("client_id", "")
        known = OAuthApplication.objects.filter(client_id=client_id[:64]).first()
        registered = known.redirect_uris.split() if known else []
        # Who asks for no address is sent to the first; to one that is not registered nobody is.
        target = asked if asked in registered else "" if asked else "".join(registered[:1])
        return protect(answer, self.nonce, target)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_own_form(request):
            return self._broken(
                "Somebody else has signed in since this page was opened, perhaps in another tab.",
                status=409,
            )
        return super().post(request, *args, **kwargs)  # type: ignore[no-any-return]

    def get_context_data(self, **kwargs: Any) -> JsonObject:
        context: JsonObject = super().get_context_data(**kwargs) | {"nonce": self.nonce}
        application = context.get("application")
        if application is None and "form" in context:
            application = OAuthApplication.objects.filter(
                client_id=context["form"].data.get("client_id", "")
            ).first()
        if application is not None:
            scopes = context.get("scopes") or context["form"].data.get("scope", "").split()
            writes, resources = applications.READ_WRITE in scopes, application.resources
            context |= {
                "application": application,
                "may_write": writes,
                "shared": consent_words.allowed(resources, writes=writes),
                "apart": consent_words.allowed_apart(resources, writes=writes),
                "denied": consent_words.denied(resources),
                "accounts": _accounts(self.request, application),
                "form_of": form_of(self.request),
            }
        return context

    def form_valid(self, form: ConsentForm) -> HttpResponse:
        said = form.cleaned_data
        application = OAuthApplication.objects.filter(client_id=said["client_id"]).first()
        if application is None:
            return self._broken("There is no such application.")
        account_id = ""
        if said.get("allow"):
            mine = {account.id for account in _accounts(self.request, application)}
            account_id = said.get("account") or (min(mine) if len(mine) == 1 else "")
            if account_id not in mine:
                form.add_error("account", "Choose the account that you want to share.")
                return self.form_invalid(form)  # type: ignore[no-any-return]
        credentials = {
            "client_id": said.get("client_id"),
            "redirect_uri": said.get("redirect_uri"),
            "response_type": "code",
            "state": said.get("state"),
            "account_id": account_id or None,
        }
        for name in ("code_challenge", "code_challenge_method"):
            credentials |= {name: said[name]} if said.get(name) else {}
        try:
            uri, *_ = self.create_authorization_response(
                request=self.request,
                scopes=said.get("scope"),
                credentials=credentials,
                allow=said.get("allow"),
            )
        except OAuthToolkitError as error:
            return self.error_response(error, application)
        if "code" in parse_qs(urlsplit(uri).query):
            uri += ("&" if "?" in uri else "?") + urlencode({"scope": said["scope"]})
        return self.redirect(uri, application)  # type: ignore[no-any-return]

    def error_response(self, error: Any, application: Any, **kwargs: Any) -> HttpResponse:
        """Send the platform back with a word that it knows."""
        told = error.oauthlib_error
        told.error = _TOLD_AS.get(told.error, told.error)
        if told.error not in oauth.WORDS | {"access_denied"}:
            told.error = "invalid_request"
        return super().error_response(error, application, **kwargs)  # type: ignore[no-any-return]

    def _broken(self, description: str, *, status: int = 400) -> HttpResponse:
        said = {"nonce": self.nonce, "error": {"error": "", "description": description}}
        return render(self.request, self.template_name, said, status=status)


@csrf_exempt
def token(request: HttpRequest) -> HttpResponse:
    """Turn a code, or a refresh token, into a key of the account that was shared."""
    try:
        platform = _platform(request)
        said = request.POST
        kind = said.get("grant_type", "")
        at = timezone.now()
        if kind == "authorization_code":
            made = oauth.redeem(
                platform=platform,
                code=_given(request, "code"),
                verifier=said.get("code_verifier", "")[:255],
                at=at,
            )
        elif kind == "refresh_token":
            made = oauth.refresh(
                platform=platform,
                refresh_token=_given(request, "refresh_token"),
                scope=said.get("scope"),
                at=at,
            )
        else:
            raise OAuthError(
                "unsupported_grant_type",
                "grant_type must be authorization_code or refresh_token.",
            )
    except OAuthError as error:
        return _refused(error)
    return _answer(_rendered(made))


@csrf_exempt
def deauthorize(request: HttpRequest) -> HttpResponse:
    """End what an account shares with a platform."""
    try:
        platform = _platform(request)
        if _given(request, "client_id") != application_id(platform.account_id):
            raise OAuthError("invalid_client", "No such application of yours: check client_id.")
        account_id = _given(request, "stripe_user_id")
        oauth.disconnect(platform=platform, account_id=account_id, at=timezone.now())
    except OAuthError as error:
        return _refused(error)
    return _answer({"stripe_user_id": account_id})


def _platform(request: HttpRequest) -> Tenant:
    if request.method != "POST":
        raise OAuthError("invalid_request", "Send it as a POST.")
    try:
        said = request.POST
    except (SuspiciousOperation, MultiPartParserError):
        raise OAuthError("invalid_request", "This is no form, or too long a one.") from None
    if "HTTP_AUTHORIZATION" not in request.META and "client_secret" in said:
        # Older clients send their key in the body.
        request.META["HTTP_AUTHORIZATION"] = f"Bearer {said['client_secret']}"
    try:
        caller = authenticate(request)
    except RialtoError as error:
        raise OAuthError("invalid_client", str(error)) from None
    is_own = not ApiKey.objects.filter(id=caller.key_id).exclude(platform_id=None).exists()
    if caller.key_kind != "secret" or caller.platform or not is_own:
        raise OAuthError("invalid_client", "Use the platform's own secret key.")
    return caller.tenant


def _given(request: HttpRequest, name: str) -> str:
    value = request.POST.get(name, "")
    if not value or "\0" in value:
        raise OAuthError("invalid_request", f"Missing required param: {name}.")
    return value[:255]


def _rendered(made: Token) -> JsonObject:
    ends = {"expires_in": made.expires_in} if made.expires_in else {}
    return ends | {
        "access_token": made.access_token,
        "livemode": made.tenant.livemode,
        "refresh_token": made.refresh_token,
        "scope": made.scope,
        "stripe_publishable_key": made.publishable_key,
        "stripe_user_id": made.tenant.account_id,
        "token_type": "bearer",
    }


def _refused(error: OAuthError) -> HttpResponse:
    status = 401 if error.error == "invalid_client" else 400
    said = {"error": error.error, "error_description": error.description}
    return _answer(said, status=status)


def _answer(said: JsonObject, *, status: int = 200) -> HttpResponse:
    answer = JsonResponse(said, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def _accounts(request: HttpRequest, application: OAuthApplication) -> list[Account]:
    """Return the accounts that a person may share with an application."""
    mine = Account.objects.filter(
        memberships__user_id=request.user.pk, memberships__role__in=MAY_SHARE, closed_at=None
    )
    return list(mine.exclude(id=application.account_id).order_by("name", "id"))

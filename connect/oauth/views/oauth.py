"""Connect OAuth: the consent page, and the token and deauthorization endpoints."""

import secrets
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from django import forms
from django.contrib.auth.forms import AuthenticationForm
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
from accounts.people.forms import LogInForm
from accounts.people.views.log_in import log_in
from connect.oauth import consent_words
from connect.oauth.services import applications, oauth
from connect.oauth.services.oauth import OAuthError, Token
from connect.pages import form_of, is_own_form, protect
from core.errors import RialtoError
from core.ids import application_id
from core.tenant import Tenant
from core.types import JsonObject

# The toolkit's words for what is wrong with a link → those of the wire.
_WIRE_WORDS: Final = {"unauthorized_client": "unsupported_response_type"}
# Who may let somebody else into an account.
SHARING_ROLES: Final = ("owner", "admin")


class SignInView(LoginView):
    """Sign in a member of an account."""

    template_name = "connect/login.html"
    redirect_authenticated_user = True
    form_class = LogInForm  # type: ignore[assignment]

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        self.nonce = secrets.token_urlsafe(16)
        return protect(super().dispatch(request, *args, **kwargs), self.nonce)

    def form_valid(self, form: AuthenticationForm | LogInForm) -> HttpResponse:
        assert isinstance(form, LogInForm)
        assert form.user is not None
        return log_in(self.request, form.user, self.get_success_url())

    def get_context_data(self, **kwargs: object) -> JsonObject:
        return super().get_context_data(**kwargs) | {"nonce": self.nonce}


class ConsentForm(AllowForm):  # type: ignore[misc]
    account = forms.CharField(required=False, max_length=64)


class ConsentView(AuthorizationView):  # type: ignore[misc]
    """Ask the owner of an account for consent."""

    template_name = "connect/consent.html"
    form_class = ConsentForm

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        self.nonce = secrets.token_urlsafe(16)
        if any("\0" in text for text in (*request.GET.values(), *request.POST.values())):
            return protect(
                self._render_broken("It holds a character that no link has."), self.nonce
            )
        answer = super().dispatch(request, *args, **kwargs)
        asked = request.POST.get("redirect_uri") or request.GET.get("redirect_uri", "")
        client_id = request.POST.get("client_id") or request.GET.get("client_id", "")
        known = OAuthApplication.objects.filter(client_id=client_id[:64]).first()
        registered = known.redirect_uris.split() if known else []
        # Who asks for no address is sent to the first; to one that is not registered nobody is.
        target = asked if asked in registered else "" if asked else "".join(registered[:1])
        return protect(answer, self.nonce, target)

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not is_own_form(request):
            return self._render_broken(
                "Somebody else has signed in since this page was opened, perhaps in another tab.",
                status=409,
            )
        return super().post(request, *args, **kwargs)  # type: ignore[no-any-return]

    def get_context_data(self, **kwargs: object) -> JsonObject:
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
                "shared": consent_words.describe_allowed(resources, writes=writes),
                "apart": consent_words.describe_separate(resources, writes=writes),
                "denied": consent_words.describe_denied(resources),
                "accounts": shareable_accounts(self.request, application),
                "form_of": form_of(self.request),
            }
        return context

    def form_valid(self, form: ConsentForm) -> HttpResponse:
        cleaned = form.cleaned_data
        application = OAuthApplication.objects.filter(client_id=cleaned["client_id"]).first()
        if application is None:
            return self._render_broken("There is no such application.")
        account_id = ""
        if cleaned.get("allow"):
            mine = {account.id for account in shareable_accounts(self.request, application)}
            account_id = cleaned.get("account") or (min(mine) if len(mine) == 1 else "")
            if account_id not in mine:
                form.add_error("account", "Choose the account that you want to share.")
                return self.form_invalid(form)  # type: ignore[no-any-return]
        credentials = {
            "client_id": cleaned.get("client_id"),
            "redirect_uri": cleaned.get("redirect_uri"),
            "response_type": "code",
            "state": cleaned.get("state"),
            "account_id": account_id or None,
        }
        for name in ("code_challenge", "code_challenge_method"):
            credentials |= {name: cleaned[name]} if cleaned.get(name) else {}
        try:
            uri, *_ = self.create_authorization_response(
                request=self.request,
                scopes=cleaned.get("scope"),
                credentials=credentials,
                allow=cleaned.get("allow"),
            )
        except OAuthToolkitError as error:
            return self.error_response(error, application)
        if "code" in parse_qs(urlsplit(uri).query):
            uri += ("&" if "?" in uri else "?") + urlencode({"scope": cleaned["scope"]})
        return self.redirect(uri, application)  # type: ignore[no-any-return]

    def error_response(
        self, error: OAuthToolkitError, application: OAuthApplication | None, **kwargs: object
    ) -> HttpResponse:
        """Redirect to the platform with an error code of the standard."""
        answer = error.oauthlib_error
        answer.error = _WIRE_WORDS.get(answer.error, answer.error)
        if answer.error not in oauth.ERROR_CODES | {"access_denied"}:
            answer.error = "invalid_request"
        return super().error_response(error, application, **kwargs)  # type: ignore[no-any-return]

    def _render_broken(self, description: str, *, status: int = 400) -> HttpResponse:
        context = {"nonce": self.nonce, "error": {"error": "", "description": description}}
        return render(self.request, self.template_name, context, status=status)


@csrf_exempt
def token(request: HttpRequest) -> HttpResponse:
    """Issue a key for an authorization code or a refresh token."""
    try:
        platform = _platform(request)
        params = request.POST
        kind = params.get("grant_type", "")
        at = timezone.now()
        if kind == "authorization_code":
            issued = oauth.redeem(
                platform=platform,
                code=_require(request, "code"),
                verifier=params.get("code_verifier", "")[:255],
                at=at,
            )
        elif kind == "refresh_token":
            issued = oauth.refresh(
                platform=platform,
                refresh_token=_require(request, "refresh_token"),
                scope=params.get("scope"),
                at=at,
            )
        else:
            raise OAuthError(
                "unsupported_grant_type",
                "grant_type must be authorization_code or refresh_token.",
            )
    except OAuthError as error:
        return _render_error(error)
    return _respond(_render(issued))


@csrf_exempt
def deauthorize(request: HttpRequest) -> HttpResponse:
    """Disconnect an account from a platform."""
    try:
        platform = _platform(request)
        if _require(request, "client_id") != application_id(platform.account_id):
            raise OAuthError("invalid_client", "No such application of yours: check client_id.")
        account_id = _require(request, "stripe_user_id")
        oauth.disconnect(platform=platform, account_id=account_id, at=timezone.now())
    except OAuthError as error:
        return _render_error(error)
    return _respond({"stripe_user_id": account_id})


def _platform(request: HttpRequest) -> Tenant:
    if request.method != "POST":
        raise OAuthError("invalid_request", "Send it as a POST.")
    try:
        params = request.POST
    except (SuspiciousOperation, MultiPartParserError):
        raise OAuthError("invalid_request", "This is no form, or too long a one.") from None
    if "HTTP_AUTHORIZATION" not in request.META and "client_secret" in params:
        # Older clients send their key in the body.
        request.META["HTTP_AUTHORIZATION"] = f"Bearer {params['client_secret']}"
    try:
        caller = authenticate(request)
    except RialtoError as error:
        raise OAuthError("invalid_client", str(error)) from None
    is_own = not ApiKey.objects.filter(id=caller.key_id).exclude(platform_id=None).exists()
    if caller.key_kind != "secret" or caller.platform or not is_own:
        raise OAuthError("invalid_client", "Use the platform's own secret key.")
    return caller.tenant


def _require(request: HttpRequest, name: str) -> str:
    value = request.POST.get(name, "")
    if not value or "\0" in value:
        raise OAuthError("invalid_request", f"Missing required param: {name}.")
    return value[:255]


def _render(token: Token) -> JsonObject:
    ends = {"expires_in": token.expires_in} if token.expires_in else {}
    return ends | {
        "access_token": token.access_token,
        "livemode": token.tenant.livemode,
        "refresh_token": token.refresh_token,
        "scope": token.scope,
        "stripe_publishable_key": token.publishable_key,
        "stripe_user_id": token.tenant.account_id,
        "token_type": "bearer",
    }


def _render_error(error: OAuthError) -> HttpResponse:
    status = 401 if error.error == "invalid_client" else 400
    payload = {"error": error.error, "error_description": error.description}
    return _respond(payload, status=status)


def _respond(payload: JsonObject, *, status: int = 200) -> HttpResponse:
    answer = JsonResponse(payload, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def shareable_accounts(request: HttpRequest, application: OAuthApplication) -> list[Account]:
    """Return the accounts that the person may share with an application."""
    mine = Account.objects.filter(
        memberships__user_id=request.user.pk, memberships__role__in=SHARING_ROLES, closed_at=None
    )
    return list(mine.exclude(id=application.account_id).order_by("name", "id"))

"""Forms by which people prove who they are."""

import logging
from typing import Final

from allauth.account.adapter import get_adapter
from allauth.core.internal import ratelimit
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter as get_factor_adapter
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy
from redis.exceptions import RedisError

from accounts.audit.access_log import log_refused
from accounts.models import User
from accounts.people.proofs import FACTORS
from core.detection import signals
from core.detection.networks import network_of
from core.detection.signals import Observation, Signal
from core.types import JsonObject

logger = logging.getLogger(__name__)

# A code is good for the turns of the clock around its own.
_GOOD_SECONDS: Final = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)


class LogInForm(forms.Form):
    """E-mail address and password."""

    username = forms.CharField(label=gettext_lazy("E-mail address"), max_length=254)
    password = forms.CharField(label=gettext_lazy("Password"), max_length=1024, strip=False)

    def __init__(self, *args: object, request: HttpRequest, staff: bool = False, **kw: object):
        super().__init__(*args, **kw)  # type: ignore[arg-type]
        self.request = request
        self.is_for_staff = staff
        self.user: User | None = None

    def clean(self) -> JsonObject:
        """Look the person up.

        Raises:
            ValidationError: If nobody has both, or too many were tried.
        """
        cleaned: JsonObject = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        email = cleaned["username"].strip().lower()
        try:
            user = get_adapter(self.request).authenticate(
                self.request, email=email, password=cleaned["password"]
            )
        except RedisError as error:
            logger.exception("Nobody logs in: wrong tries cannot be counted.")
            raise ValidationError(
                gettext(
                    "Nobody can log in now, for Redis does not answer. "
                    "Have it started, and try again."
                )
            ) from error
        except ValidationError:
            log_refused(self.request, factor="password")
            raise
        if user is None or not user.is_active or (self.is_for_staff and not user.is_staff):
            network = network_of(self.request.META.get("REMOTE_ADDR") or "")
            signals.note(Observation(Signal.LOGIN_FAILED, network=network))
            log_refused(self.request, factor="password")
            raise ValidationError(
                gettext("That address and password do not belong together. Try again.")
            )
        self.user = user
        return cleaned


class FactorForm(forms.Form):
    """A code of an application, or what a passkey has signed."""

    code = forms.CharField(label=gettext_lazy("Code"), max_length=40, required=False)
    credential = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, user: User, recovers: bool = False, **kw: object):
        super().__init__(*args, **kw)  # type: ignore[arg-type]
        self.user = user
        self.takes_recovery_codes = recovers
        self.authenticator: Authenticator | None = None

    def clean(self) -> JsonObject:
        """Find the factor that is proven.

        Raises:
            ValidationError: If none is, or too many were tried.
        """
        cleaned: JsonObject = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        clear = check_rate_limit(self.user)
        try:
            self.authenticator = self._find(cleaned)
        except ValidationError:
            signals.note(Observation(Signal.FACTOR_FAILED, person_id=str(self.user.pk)))
            log_refused(None, factor="second factor", person_id=str(self.user.pk))
            raise
        clear()
        return cleaned

    def _find(self, cleaned: JsonObject) -> Authenticator:
        if cleaned.get("credential"):
            return check_passkey(self.user, cleaned["credential"])
        return check_code(self.user, cleaned.get("code", ""), recovers=self.takes_recovery_codes)


class PasskeyLogInForm(forms.Form):
    """A passkey that says whose it is."""

    credential = forms.JSONField(widget=forms.HiddenInput)

    def __init__(self, *args: object, request: HttpRequest, **kw: object) -> None:
        super().__init__(*args, **kw)  # type: ignore[arg-type]
        self.request = request
        self.authenticator: Authenticator | None = None

    def clean_credential(self) -> JsonObject:
        """Find whose it is.

        Raises:
            ValidationError: If it is no operator's, or too many were tried.
        """
        credential: JsonObject = self.cleaned_data["credential"]
        if not ratelimit.consume(self.request, app="allauth.mfa", action="webauthn_login"):
            raise get_adapter().validation_error("too_many_login_attempts")
        try:
            user = webauthn.extract_user_from_response(credential)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise get_factor_adapter().validation_error("incorrect_code") from error
        if not (user.is_active and user.is_staff):
            raise get_factor_adapter().validation_error("incorrect_code")
        self.authenticator = check_passkey(user, credential)
        return credential


def check_code(user: User, code: str, *, recovers: bool = False) -> Authenticator:
    """Return the factor that a code is of.

    Raises:
        ValidationError: If it is of none, or was used.
    """
    code = "".join(letter for letter in code if letter.isalnum())
    types = (Authenticator.Type.TOTP, *((Authenticator.Type.RECOVERY_CODES,) if recovers else ()))
    for row in Authenticator.objects.filter(user_id=user.pk, type__in=types).order_by("-type"):
        if row.wrap().validate_code(code):
            if row.type == Authenticator.Type.TOTP:
                use_code(user, code)
            return row
    raise get_factor_adapter().validation_error("incorrect_code")


def use_code(user: User, code: str) -> None:
    """Keep that a code was used, for as long as it would be good.

    Raises:
        ValidationError: If it was used before.
    """
    if not cache.add(f"people.code.used:{user.pk}:{code}", 1, timeout=_GOOD_SECONDS):
        raise get_factor_adapter().validation_error("incorrect_code")


def check_passkey(user: User, credential: JsonObject) -> Authenticator:
    """Return the passkey that has signed.

    Raises:
        ValidationError: If it is none of this person's, or signed something else.
    """
    try:
        webauthn.parse_authentication_response(credential)
        found: Authenticator = webauthn.complete_authentication(user, credential)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        # What is no answer of a browser has neither its fields nor its types.
        raise get_factor_adapter().validation_error("incorrect_code") from error
    assert found.type in FACTORS
    return found

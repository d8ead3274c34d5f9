"""What allauth asks us: how secrets are kept, what people are told, and who wrong tries are of."""

import hashlib
from base64 import b64decode, b64encode
from typing import Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.audit.access_log import log_let_in
from accounts.models import User
from accounts.people import sessions
from core.detection import signals
from core.detection.networks import network_of
from core.detection.signals import Observation, Signal
from core.security import encryption

PURPOSE: Final = "second factors"
ROW: Final = "authenticator"
_TOO_MANY: Final = gettext_lazy("Too many wrong tries. Wait a quarter of an hour, then try again.")


class AccountAdapter(DefaultAccountAdapter):
    """Count wrong tries by e-mail address, and say what to do in our own words."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _TOO_MANY,
        "rate_limited": _TOO_MANY,
    }

    def add_message(self, *args: object, **kwargs: object) -> None:
        """Say nothing: a page that opens tells that somebody is logged in."""

    def login(self, request: HttpRequest, user: User) -> None:
        """Begin a session."""
        super().login(request, user)
        sessions.begin(request)
        log_let_in(request, person_id=str(user.pk))
        # Of a browser, what it is called changes with each of its versions: letters alone say it.
        agent = "".join(filter(str.isalpha, request.META.get("HTTP_USER_AGENT", "")))
        signals.note(
            Observation(
                Signal.LOGGED_IN,
                network=network_of(request.META.get("REMOTE_ADDR") or ""),
                person_id=str(user.pk),
                member=hashlib.sha256(agent.encode()).hexdigest()[:16],
            )
        )

    def get_login_stages(self) -> list[str]:
        """After the password, a second factor."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: str) -> str:
        # Of the host, which the client names, there would be as many counters as names.
        return credentials.get("email", "").lower()


class FactorAdapter(DefaultMFAAdapter):
    """Keep the secrets of second factors encrypted."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy(
            "That is not right, or was used already. Take the next code."
        ),
    }

    def encrypt(self, text: str) -> str:
        """Encrypt a secret for its column."""
        return b64encode(encryption.encrypt(text, purpose=PURPOSE, row=ROW)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Read a secret."""
        return encryption.decrypt(b64decode(encrypted_text), purpose=PURPOSE, row=ROW)

    def _get_site_name(self) -> str:
        return "Rialto"

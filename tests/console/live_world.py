"""An installation that has done all that live payments ask for."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from allauth.mfa.models import Authenticator

from accounts.models import User
from console.live import drills
from console.models import DrillKind
from core.security import watchers
from core.tenant import Tenant
from ledger.models import VerifyRun
from processors.accounts import changes
from processors.models import ProcessorAccount
from tests.factories import a_platform, an_operator, now
from webhooks.services import endpoints

ADDRESS = "https://pay.market.se"
SETTINGS = {
    "PUBLIC_URL": ADDRESS, "API_LIVE_NEEDS_TLS": True, "NEEDS_TWO_LOGINS": True,
    "SECURE_SSL_REDIRECT": True, "SECURE_HSTS_SECONDS": 1, "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True, "TRUSTED_PROXIES": 1, "ALLOWED_HOSTS": ["pay.market.se"],
    "ADMIN_WITHOUT_MFA": False, "EMAIL_HOST": "mail.market.se", "EMAIL_PORT": 587,
    "DEFAULT_FROM_EMAIL": "Market <receipts@market.se>", "BANK_IBAN": "DE89370400440532013000",
    "BANK_NAME": "Market Inc.",
}  # fmt: skip
_SECRETS = ("SECRET_KEY", "RIALTO_KEY_PEPPER", "RIALTO_ENCRYPTION_KEY", "PROXY_SECRET")
_GOOD = [["credentials", "Good.", True]]


def set_up(settings: Any) -> None:
    """Give the settings of a real installation; mail stays where tests read it."""
    for name, value in SETTINGS.items():
        setattr(settings, name, value)
    settings.OAUTH2_PROVIDER = settings.OAUTH2_PROVIDER | {
        "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
        "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    }
    for name in _SECRETS:
        setattr(settings, name, secrets.token_hex(32))


def do_all(settings: Any, *, people: bool = True) -> None:
    """Do what each line of the checklist asks for."""
    set_up(settings)
    if people:
        an_owner_with_a_factor()
    tried(DrillKind.ADDRESS, drills.address())
    tried(DrillKind.MAIL, drills.mail_server())
    tried(DrillKind.RESTORE, "other/rialto")
    a_checked_account()
    platform = Tenant(a_platform().account_id, livemode=True)
    endpoints.create(tenant=platform, url="https://shop.se/hooks", enabled_events=["*"], at=now())
    VerifyRun.objects.create(began_at=now(), ended_at=now(), check_count=9, finding_count=0)
    watchers.note_asked(watchers.client())


def an_owner_with_a_factor(email: str = "owner@market.se") -> User:
    user = an_operator(email)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    return user


def tried(kind: DrillKind, about: str, *, is_good: bool = True) -> None:
    drills.record(kind, about=about, is_good=is_good, words="It was tried.", at=now())


def a_checked_account(name: str = "stripe-live", **found: Any) -> None:
    """Add a live account that was checked, and whose notices have come."""
    changes.add(
        name=name,
        kind="stripe",
        livemode=True,
        credentials={"secret_key": "sk_live_51abc", "publishable_key": "pk_live_51abc"},
        notice_secret="whsec_live",
        settlement_bank="Market Inc.",
        at=now(),
    )
    wanted = {"checked_at": now(), "check_lines": _GOOD, "last_notice_at": now()}
    ProcessorAccount.objects.filter(name=name).update(**wanted | found)


@contextmanager
def answering(status: int = 200, body: bytes = b"<h1>Rialto</h1>") -> Iterator[str]:
    """Answer on this machine as the page of a public address would; yield its address."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()

"""Somebody who logs in, and the application on their telephone that shows codes."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client

from accounts.models import User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def with_application(person: User) -> Authenticator:
    """Give somebody an application that shows codes."""
    return TOTP.activate(person, SECRET).instance


def recovery_codes(person: User) -> list[str]:
    return RecoveryCodes.activate(person).get_unused_codes()


def unused_codes(person: User) -> list[str]:
    row = Authenticator.objects.get(user=person, type="recovery_codes")
    return row.wrap().get_unused_codes()


def code(turns: int = 0, secret: str = SECRET) -> str:
    """Read the code off, of now or of another turn of thirty seconds."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + turns))


def enter_password(browser: Client, email: str = "operator@example.com", password: str = "secret"):
    return browser.post("/admin/login/", {"username": email, "password": password})


def logged_in(turns: int = 0, **words: str) -> Client:
    """Log in with password and code."""
    browser = Client()
    assert enter_password(browser, **words)["Location"] == "/admin/login/second/"
    answer = browser.post("/admin/login/second/", {"code": code(turns)})
    assert answer.status_code == 302, answer.content.decode()
    return browser

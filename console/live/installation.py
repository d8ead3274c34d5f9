"""Checks of the installation: its settings, its people, and what watches over it."""

from collections.abc import Iterable
from datetime import timedelta
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.core import checks

from accounts.people import factors
from console.live import drills
from console.live.lines import Found, Known, done, missing, moment, unknown
from console.models import DrillKind
from core.security import watchers
from core.security.strength import weaknesses

# Names that lead nowhere from outside, or are in examples only.
_NOT_PUBLIC: Final = (
    "localhost", ".localhost", ".local", ".internal", ".lan", ".test", ".example", ".invalid",
    "example.com", "example.org", "example.net",
)  # fmt: skip
# What `config.settings.prod` switches on. Django's own checks see none of it that is about pages:
# they look for what browsers pass in another setting.
_SWITCHES: Final = (
    "API_LIVE_NEEDS_TLS", "NEEDS_TWO_LOGINS", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS",
    "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
)  # fmt: skip
# Who makes backups and never puts one back finds out too late what is missing in them.
RESTORED_WITHIN: Final = timedelta(days=90)
# Watchers ask every minute or so.
_ASKED_WITHIN: Final = timedelta(minutes=10)
_TO_NOBODY: Final = ("PrivateFiles", ".console.", ".dummy.", ".filebased.")


def check_address(known: Known) -> Found:
    """Check that Rialto is reached from everywhere, and over https."""
    address, parts = settings.PUBLIC_URL, urlsplit(settings.PUBLIC_URL)
    if parts.scheme != "https":
        return missing("address_plain", address=address)
    if not _is_public(parts.hostname or ""):
        return missing("address_private", address=address)
    return _tried(known, DrillKind.ADDRESS, about=drills.address())


def check_deployment(known: Known) -> Found:
    """Check that the settings are those of a real installation."""
    if off := [name for name in _SWITCHES if not getattr(settings, name)]:
        return missing("deployment_not_prod", found=_listed(off))
    if not (settings.TRUSTED_PROXIES and settings.PROXY_SECRET):
        return missing("deployment_no_proxy")
    found = checks.run_checks(tags=[checks.Tags.security], include_deployment_checks=True)
    wrong = [str(one.id) for one in found if not one.is_silenced()]
    if wrong:
        return missing("deployment_django", found=_listed(wrong))
    return done("deployment_done")


def check_secrets(known: Known) -> Found:
    """Check that no secret is an example's, or can be guessed."""
    names = ["SECRET_KEY", "RIALTO_KEY_PEPPER", "RIALTO_ENCRYPTION_KEY"]
    secrets = {name: str(getattr(settings, name)) for name in names}
    if settings.PROXY_SECRET:
        secrets["RIALTO_PROXY_SECRET"] = settings.PROXY_SECRET
    weak = weaknesses(secrets)
    if weak:
        return missing("secrets_weak", found=_listed(sorted({one.split()[0] for one in weak})))
    return done("secrets_done", count=str(len(secrets)))


def check_factors(known: Known) -> Found:
    """Check that operators log in with a second factor, and the demo's operator no more."""
    if settings.ADMIN_WITHOUT_MFA:
        return missing("factors_off")
    people = factors.operators()
    if demo := [one.email for one in people if one.email.endswith(".localhost")]:
        return missing("factors_demo", people=_listed(demo))
    with_one = [one for one in people if one.has_factor]
    if not any(one.is_owner for one in with_one):
        return missing("factors_no_owner")
    return done("factors_done", count=str(len(with_one)), all=str(len(people)))


def check_restore(known: Known) -> Found:
    """Check that a backup was put back not long ago, and was whole."""
    drill = known.drills.get(DrillKind.RESTORE)
    if drill is None:
        return missing("restore_never")
    values = {"at": moment(drill.made_at), "words": drill.words}
    if not drill.is_good:
        return missing("restore_failed", **values)
    if drill.made_at < known.at - RESTORED_WITHIN:
        return missing("restore_old", **values)
    return done("restore_done", **values)


def check_mail(known: Known) -> Found:
    """Check that letters and receipts leave."""
    if any(word in settings.EMAIL_BACKEND for word in _TO_NOBODY):
        return missing("mail_files")
    _, _, host = settings.DEFAULT_FROM_EMAIL.rstrip(">").rpartition("@")
    if not _is_public(host):
        return missing("mail_from", sender=settings.DEFAULT_FROM_EMAIL)
    return _tried(known, DrillKind.MAIL, about=drills.mail_server())


def check_monitoring(known: Known) -> Found:
    """Check that somebody outside asks whether Rialto can do its work."""
    try:
        asked = watchers.last_asked()
    except redis.RedisError:
        return unknown("monitoring_unknown")
    if asked is None or asked < known.at - _ASKED_WITHIN:
        return missing("monitoring_none")
    return done("monitoring_done", at=moment(asked))


def _tried(known: Known, kind: DrillKind, *, about: str) -> Found:
    drill = known.drills.get(kind)
    if drill is None or drill.about != about:
        return unknown(f"{kind}_untried", about=about)
    values = {"about": about, "at": moment(drill.made_at), "words": drill.words}
    return done(f"{kind}_done", **values) if drill.is_good else missing(f"{kind}_failed", **values)


def _is_public(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        name = host.lower().rstrip(".")
        return "." in name and not f".{name}".endswith(
            tuple(f".{end.lstrip('.')}" for end in _NOT_PUBLIC)
        )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)

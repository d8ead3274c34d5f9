"""What going live asks for is tried out, and what was found is kept."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage

from accounts.audit import trail
from console.models import Drill, DrillKind
from core.database.transactions import atomic, forbid_transaction
from core.errors import InvalidRequest
from core.ids import new_id
from core.security import actor
from core.security.email_addresses import is_one_address

_LONGEST: Final = 1_000
_PATIENCE_SECONDS: Final = 5.0
# A page of the console: it is shown to those alone whose https a proxy of ours vouches for.
_TRIED_PAGE: Final = "/admin/login/"


def latest() -> Mapping[str, Drill]:
    """Return the last drill of each kind."""
    rows = Drill.objects.order_by("kind", "-made_at", "-id").distinct("kind")
    return {row.kind: row for row in rows}


def exists(id: str) -> bool:
    """Tell whether a drill is known to the database."""
    return Drill.objects.filter(id=id).exists()


def record(kind: DrillKind, *, about: str, is_good: bool, words: str, at: datetime) -> Drill:
    """Keep what was found."""
    who = actor.current()
    with atomic():
        row = Drill(
            id=new_id("drill"),
            kind=kind,
            about=about,
            is_good=is_good,
            words=words[:_LONGEST],
            made_by=who.email or who.name or who.kind,
            made_at=at,
        )
        row.save(force_insert=True)
        changes = {kind.value: (None, "good" if is_good else "failed"), "words": ("", row.words)}
        trail.record("live_drill.made", row, changes=changes)
    return row


def address() -> str:
    """Return the address that is tried."""
    return str(settings.PUBLIC_URL)


def try_address(*, at: datetime) -> Drill:
    """Open a page at the public address, as a browser somewhere would."""
    import requests

    forbid_transaction()
    about, is_good = address(), False
    try:
        answer = requests.get(about + _TRIED_PAGE, timeout=_PATIENCE_SECONDS, allow_redirects=False)
    except requests.exceptions.SSLError as error:
        words = f"Its certificate is refused: {error}"
    except requests.RequestException as error:
        words = f"Nobody answers: {error}"
    else:
        is_good = answer.status_code == 200 and "Rialto" in answer.text
        words = _describe(answer.status_code, is_good=is_good)
    return record(DrillKind.ADDRESS, about=about, is_good=is_good, words=words, at=at)


def _describe(status: int, *, is_good: bool) -> str:
    if is_good:
        return "The console's page came."
    if status in (301, 302, 307, 308):
        return (
            "It sends browsers elsewhere, as if they had come without https: say the proxy's "
            "secret to both, and set RIALTO_TRUSTED_PROXIES."
        )
    return f"The console's page was awaited there, and {status} came."


def mail_server() -> str:
    """Return what mail leaves by, and from whom."""
    return f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}, {settings.DEFAULT_FROM_EMAIL}"


def try_mail(*, to: str, at: datetime) -> Drill:
    """Send a letter.

    Raises:
        InvalidRequest: If it could go nowhere.
    """
    forbid_transaction()
    if not is_one_address(to):
        raise InvalidRequest(f"No mail can be sent to {to!r}.", param="to", code="email_invalid")
    body = (
        f"This letter was sent by the Rialto at {settings.PUBLIC_URL}, to try whether its mail "
        "leaves. Nothing is to be done.\n"
    )
    letter = EmailMessage(subject="Rialto's mail leaves", body=body, to=[to])
    try:
        letter.send()
    except Exception as error:
        words, is_good = f"It was not taken: {type(error).__name__}: {error}", False
    else:
        words, is_good = f"A letter to {to} was taken.", True
    return record(DrillKind.MAIL, about=mail_server(), is_good=is_good, words=words, at=at)

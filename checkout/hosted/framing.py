"""Which pages may hold a frame of ours: with payment fields, or with the page of a session."""

import re
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from checkout import pages
from checkout.models import CheckoutSession
from checkout.resources.sessions import EMBEDDED
from connect.pages import is_framed as is_asked
from core.security.origins import origin_of
from core.tenant import Tenant
from payments import queries
from payments.method_types import codes

# In test mode a page may be anywhere, such as on somebody's own machine.
ANYWHERE: Final = "*"
NOWHERE: Final = "'none'"
# Pages of ours for one payment, which may stand in a frame.
_NESTED: Final = re.compile(f"/(3d-secure|{'|'.join(m.type for m in codes.ALL)})/")


def ancestors(tenants: list[Tenant], *more: str) -> str:
    """Return the sources for `frame-ancestors`.

    Args:
        tenants: The account that is paid, and the platform that acts for it, in one mode.
        more: Origins that the merchant itself has named.
    """
    if not tenants[0].livemode:
        return ANYWHERE
    names = {
        f"https://{row.domain_name}"
        for tenant in tenants
        for row in queries.payment_method_domains(tenant).filter(enabled=True)
    }
    return " ".join(sorted(names | set(more))) or NOWHERE


def is_framed(request: HttpRequest, session: CheckoutSession) -> bool:
    """Tell whether a page of a session is asked for by a frame, and may be in one."""
    return session.ui_mode == EMBEDDED and is_asked(request)


def address(session: CheckoutSession) -> str:
    """Return what the frame of an embedded session shows."""
    return f"{pages.address(session.id)}?framed=1"


def nested(onward: str) -> str:
    """Return a page of ours so that it may stand in a frame; empty if it may not."""
    parts = urlsplit(onward)
    if not onward.startswith(f"{settings.PUBLIC_URL}/") or not _NESTED.match(parts.path):
        return ""
    return f"{onward}{'&' if parts.query else '?'}framed=1"


def protect(answer: HttpResponse, nonce: str, session: CheckoutSession) -> None:
    """Allow an embedded page its script, a page of ours inside, and the merchant's page around.

    Args:
        answer: The page.
        nonce: The nonce of its style.
        session: Whose it is. Where its payers return to is the merchant's own page.
    """
    tenants = [session.tenant]
    if session.platform_id:
        tenants.append(Tenant(session.platform_id, livemode=session.livemode))
    named = origin_of(session.settings.get("return_url") or "")
    around = ancestors(tenants, *([named] if named else []))
    answer["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self'; connect-src 'self'; frame-src 'self'; "
        f"img-src 'self'; style-src 'nonce-{nonce}'; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {around}"
    )
    # The older header, which the middleware would add, knows nothing of origins.
    answer.xframe_options_exempt = True

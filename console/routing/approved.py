"""Publishing rules of routing, which a rule of four eyes may ask another person to approve."""

from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy

from accounts.approvals import ApprovalAction, Preview, registry
from core.security import actor
from core.types import JsonObject
from payments.charges.services.routed import past_choices
from processors.router import publishing

PUBLISH: Final = "routing.publish"


def register() -> None:
    """Let rules of four eyes name it."""
    registry.register(
        ApprovalAction(PUBLISH, "", _preview, _publish, right="routing.publish", tell=_tell)
    )


def _preview(*, rules: JsonObject, again_of: int | None) -> Preview:
    found = publishing.read(rules)
    newest = publishing.published()
    what = (
        format_lazy(gettext_lazy("the rules of version {again_of}"), again_of=again_of)
        if again_of
        else format_lazy(gettext_lazy("{count} rules"), count=len(found.rules))
    )
    version = newest.version if newest else None
    return Preview(
        format_lazy(gettext_lazy("Payments are routed by {what} from now on."), what=what),
        facts={"instead_of_version": version},
    )


def _publish(*, rules: JsonObject, again_of: int | None, at: datetime) -> object:
    return publishing.publish(
        publishing.read(rules),
        reason=actor.current().reason,
        currencies=past_choices.currencies_in_use(at=timezone.now()),
        at=at,
        again_of=again_of,
    )


def _tell(row: object) -> str:
    return gettext("%(version)s counts now.") % {"version": str(row).capitalize()}

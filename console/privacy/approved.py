"""Erasing somebody, which a rule of four eyes may ask another person to approve."""

from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy

from accounts.approvals import ApprovalAction, Preview, registry
from accounts.models import AuditEvent
from console.privacy import erasing, subjects
from console.privacy.exporting import target_of
from core.errors import InvalidRequest
from core.security import actor

ERASE: Final = "personal_data.erase"
RIGHT: Final = "personal_data"


def register() -> None:
    """Let rules of four eyes name it."""
    registry.register(
        ApprovalAction(ERASE, "", _preview, _erase, right=RIGHT, tell=tell, is_done=_is_done)
    )


def _preview(*, who: str, account: str, livemode: bool) -> Preview:
    found = erasing.look(subjects.read(who), at=timezone.now())
    if found.needs:
        raise InvalidRequest(" ".join(found.needs))
    return Preview(
        format_lazy(
            gettext_lazy("{who} is erased, but for what law and the books keep: {count} rows."),
            who=who,
            count=sum(found.counts.values()),
        ),
        livemode=livemode,
        account_id=account,
    )


def _erase(*, who: str, account: str, livemode: bool, at: datetime) -> object:
    del account, livemode
    return erasing.erase(subjects.read(who), reason=actor.current().reason, at=at)


def tell(later: object) -> str:
    """Return what is left, in a sentence."""
    if not isinstance(later, datetime):
        return gettext("Erased. Nothing more is left to go.")
    return gettext("Erased. What payments may need in a dispute goes by itself on %(day)s.") % {
        "day": f"{later:%Y-%m-%d}"
    }


def _is_done(*, who: str, account: str, livemode: bool) -> bool:
    del account, livemode
    kind, name = target_of(subjects.read(who))
    told = AuditEvent.objects.filter(
        target_type=kind, target_id=name, action__startswith="personal_data.eras"
    )
    last = told.order_by("-id").values_list("action", flat=True).first()
    return last == "personal_data.erased"

"""Which rows a page of the console shows: those of one mode, and to members their platform's."""

from typing import Final, TypeVar

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest

from core.security.roles import standing_of

_Row = TypeVar("_Row", bound=Model)

# What the session keeps the mode under.
MODE: Final = "livemode"
# Where a row's account stands, if it is not in `account_id`.
_ACCOUNTS: Final = {
    "accounts.account": ("id", "opened_by_id"),
    "accounts.connection": ("platform_id", "platform__opened_by_id"),
    "accounts.filelink": ("file__account_id", "file__account__opened_by_id"),
    "connect.payoutattempt": ("payout__account_id", "payout__account__opened_by_id"),
    "webhooks.attempt": ("delivery__account_id", "delivery__account__opened_by_id"),
}
# Where a row's mode stands, if it is not in `livemode`; empty for what is of both modes.
_MODES: Final = {
    "accounts.filelink": "file__livemode",
    "accounts.oauthapplication": "",
    "connect.payoutattempt": "payout__livemode",
    "ledger.hold": "account__livemode",
    "ledger.limitchange": "account__livemode",
    "ledger.posting": "entry__livemode",
    "processors.bankline": "file__livemode",
    "webhooks.attempt": "delivery__livemode",
}


def livemode_of(request: HttpRequest) -> bool:
    """Tell whether the session looks at live mode."""
    session = getattr(request, "session", None)
    return bool(session and session.get(MODE))


def visible(request: HttpRequest, rows: QuerySet[_Row]) -> QuerySet[_Row]:
    """Leave the rows of the session's mode that the person may see."""
    column = _mode_of(rows.model)
    if column:
        is_so = Q(**{column: livemode_of(request)})
        # A request without a key has no mode.
        rows = rows.filter(is_so | Q(livemode=None) if _may_lack(rows.model) else is_so)
    return of_platform(request, rows)


def of_platform(request: HttpRequest, rows: QuerySet[_Row]) -> QuerySet[_Row]:
    """Leave the rows that the person may see, in both modes."""
    standing = standing_of(request.user)
    if standing is None:
        return rows.none()
    if not standing.platform_id:
        return rows
    return rows.filter(_is_of(rows.model, standing.platform_id))


def account_ids_of(request: HttpRequest) -> frozenset[str] | None:
    """Return the accounts whose rows the person sees; None for all."""
    standing = standing_of(request.user)
    if standing and not standing.platform_id:
        return None
    accounts = of_platform(request, apps.get_model("accounts.Account").objects.all())
    return frozenset(accounts.values_list("pk", flat=True))


def find_visible(request: HttpRequest, rows: QuerySet[_Row], id: object) -> _Row:
    """Return one of the rows that the person sees now.

    Raises:
        Http404: If it is none of them.
    """
    found = visible(request, rows).filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def is_in_other_mode(request: HttpRequest, model: type[Model], id: str) -> bool:
    """Tell whether an object that the session's mode hides is in the other one."""
    column = _mode_of(model)
    if not column:
        return False
    rows: QuerySet[Model] = QuerySet(model).filter(**{column: not livemode_of(request)})
    try:
        return of_platform(request, rows).filter(pk=id).exists()
    except (ValueError, ValidationError):
        return False


def _mode_of(model: type[Model]) -> str:
    label = model._meta.label_lower
    if label in _MODES:
        return _MODES[label]
    return "livemode" if _has(model, "livemode") else ""


def _may_lack(model: type[Model]) -> bool:
    """Tell whether there are rows of no mode."""
    return _has(model, "livemode") and bool(
        getattr(model._meta.get_field("livemode"), "null", False)
    )


def _is_of(model: type[Model], platform_id: str) -> Q:
    """Return the condition of rows of a platform and the sellers that it opened."""
    label = model._meta.label_lower
    if label in _ACCOUNTS:
        own, opened = _ACCOUNTS[label]
        return Q(**{own: platform_id}) | Q(**{opened: platform_id})
    if label == "api.requestlog" or _has_account(model):
        accounts = apps.get_model("accounts.Account").objects
        ids = accounts.filter(Q(id=platform_id) | Q(opened_by_id=platform_id)).values("id")
        return Q(account_id__in=ids)
    # Whose it is nobody said: then it is no member's.
    return Q(pk__in=[])


def _has(model: type[Model], field: str) -> bool:
    try:
        model._meta.get_field(field)
    except FieldDoesNotExist:
        return False
    return True


def _has_account(model: type[Model]) -> bool:
    """Tell whether its rows belong to an account of a business, not of the ledger."""
    if not _has(model, "account"):
        return False
    related = model._meta.get_field("account").related_model
    return related is not None and related is apps.get_model("accounts.Account")

"""What the forms of accounts at processors hold, and what was typed into them."""

import re
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext

from core.operator_pages import texts
from core.types import JsonObject
from processors.models import ProcessorAccount
from processors.operator_pages import fees, limits
from processors.protocols.kinds import Credential, RailKind

_TEXTS: Final = (
    "title", "statement_descriptor", "settlement_schedule", "settlement_bank", "base_url",
)  # fmt: skip
_SPACES: Final = re.compile(r"[\s,;]+")
_LONGEST: Final = 4_000


def details(form: QueryDict) -> JsonObject:
    """Return the details of an account that a form holds.

    Raises:
        InvalidRequest: If what it costs, or between which amounts, cannot be read.
    """
    codes = _SPACES.split(form.get("currencies", "").strip().lower())
    return {
        **{name: form.get(name, "").strip() for name in _TEXTS},
        "currencies": sorted({code for code in codes if code}),
        "methods": sorted(set(form.getlist("methods"))),
        "fee_model": fees.read(form),
        "amount_limits": limits.read(form),
    }


def credentials(form: QueryDict, kind: RailKind) -> dict[str, str]:
    """Return what opens the account, as it was typed; nothing of what was left empty.

    Raises:
        InvalidRequest: If one is too long to be a credential.
    """
    given = {one.name: _secret(form, f"credential_{one.name}") for one in kind.credentials}
    return {name: text for name, text in given.items() if text}


def notice_secret(form: QueryDict) -> str:
    """Return the secret of notices, as it was typed.

    Raises:
        InvalidRequest: If it is too long to be one.
    """
    return _secret(form, "notice_secret")


def shown(kind: RailKind, row: ProcessorAccount | None, form: QueryDict | None) -> JsonObject:
    """Return what the fields of the details show: what was typed, or what is kept.

    Args:
        kind: Of the rail.
        row: The account; None for a new one.
        form: What was refused; None for a page that is opened.
    """
    if form is not None:
        codes, chosen = form.get("currencies", ""), form.getlist("methods")
        texts = {name: form.get(name, "") for name in _TEXTS}
        lines = fees.typed(form) or fees.shown([])
        limit_lines = limits.typed(form) or limits.shown([])
    else:
        codes = " ".join(row.currencies).upper() if row else ""
        chosen = row.methods if row else []
        texts = {name: getattr(row, name) if row else "" for name in _TEXTS}
        lines = fees.shown(row.fee_model if row else [])
        limit_lines = limits.shown(row.amount_limits if row else [])
    return {
        **texts,
        "currencies": codes,
        "methods": [
            {"name": one, "is_chosen": one in chosen} for one in sorted(kind.capabilities.methods)
        ],
        "fee_lines": lines,
        "limit_lines": limit_lines,
    }


def asked(kind: RailKind, kept: dict[str, str]) -> list[JsonObject]:
    """Return the fields of what opens an account; none shows what is kept.

    Args:
        kind: Of the rail.
        kept: What is kept, by name.
    """
    return [_field(one, is_kept=bool(kept.get(one.name))) for one in kind.credentials]


def _field(one: Credential, *, is_kept: bool) -> JsonObject:
    return {
        "name": f"credential_{one.name}",
        "label": gettext(one.label),
        "how": gettext(one.how),
        "type": "password" if one.is_secret else "text",
        "is_kept": is_kept,
        "is_required": one.is_required and not is_kept,
    }


def _secret(form: QueryDict, name: str) -> str:
    return texts.read(form.get(name, ""), most=_LONGEST, param=name)

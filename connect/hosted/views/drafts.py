"""Unsaved answers of a seller, encrypted in its browser's session."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from core.security import encryption

# Field → what is wrong with it.
Errors = Mapping[str, Iterable[object]]

_SESSION: Final = "seller_drafts"
_PURPOSE: Final = "what sellers have typed"
# More than any field takes: what is longer was refused anyway.
_LONGEST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Draft:
    """A form that was sent and could not be saved.

    Args:
        typed: Field → values.
        errors: Field → its errors; `__all__` for the form.
    """

    typed: Mapping[str, list[str]]
    errors: Mapping[str, list[str]]

    @property
    def data(self) -> MultiValueDict[str, str]:
        """Return the values, as forms take them."""
        return MultiValueDict(self.typed)


def store(request: HttpRequest, key: str, names: list[str], errors: Errors | None = None) -> None:
    """Store a form until it can be saved.

    Args:
        request: The form that was sent.
        key: The key of the page, unique in the browser.
        names: The form's fields, all that is stored.
        errors: Field → its errors.
    """
    sent: QueryDict = request.POST
    typed = {n: [one[:_LONGEST] for one in sent.getlist(n)] for n in names if n in sent}
    messages = {name: [str(one) for one in found] for name, found in (errors or {}).items()}
    text = json.dumps({"typed": typed, "errors": messages})
    sealed = encryption.encrypt(text, purpose=_PURPOSE, row=key)
    request.session[_SESSION] = {**_all(request), key: sealed.hex()}


def get(request: HttpRequest, key: str) -> Draft | None:
    """Return the draft of a page."""
    sealed = _all(request).get(key)
    if sealed is None:
        return None
    text = encryption.decrypt(bytes.fromhex(sealed), purpose=_PURPOSE, row=key)
    stored = json.loads(text)
    return Draft(typed=stored["typed"], errors=stored.get("errors") or {})


def drop(request: HttpRequest, key: str) -> None:
    """Delete the draft of a page that was saved."""
    drafts = _all(request)
    if drafts.pop(key, None):
        request.session[_SESSION] = drafts


def _all(request: HttpRequest) -> dict[str, str]:
    return dict(request.session.get(_SESSION, {}))

"""Addresses of the pages that join rooms, below the admin's."""

from collections.abc import Callable
from typing import Final

from django.http import HttpResponse

from console.find import pages as find
from console.payments import page

# Address → the page and its name.
PAGES: Final[dict[str, tuple[Callable[..., HttpResponse], str]]] = {
    "find/": (find.find, "console_find"),
    "payments/paymentintent/<path:object_id>/change/": (page.payment, "console_payment"),
    "payments/charge/<path:object_id>/change/": (page.charge, "console_charge"),
}

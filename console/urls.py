"""Addresses of the pages that join rooms, below the admin's."""

from collections.abc import Callable
from typing import Final

from django.http import HttpResponse

from console.find import pages as find

# Address → the page and its name.
PAGES: Final[dict[str, tuple[Callable[..., HttpResponse], str]]] = {
    "find/": (find.find, "console_find"),
}

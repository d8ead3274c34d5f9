"""What a page tells once, such as that something was saved: in a cookie of this host alone."""

from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class OfThisHost(CookieStorage):
    """Keep it under a name that no other host of the domain can set."""

    cookie_name = "__Host-messages"


class Messages(FallbackStorage):
    """Keep it in the cookie, and in the session what is too long."""

    storage_classes = (OfThisHost, SessionStorage)

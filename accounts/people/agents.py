"""Browsers, as people call them."""

from typing import Final

from django.utils.translation import gettext

# In this order: most say that they are others too.
_BROWSERS: Final = {
    "Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome",
    "Safari/": "Safari", "curl/": "curl", "python": "a script",
}  # fmt: skip
_SYSTEMS: Final = {
    "Android": "Android", "iPhone": "an iPhone", "iPad": "an iPad", "Windows": "Windows",
    "Mac OS X": "a Mac", "Linux": "Linux",
}  # fmt: skip
# What browsers are called that have no name of their own.
NAMELESS: Final = ("a script", "an iPhone", "an iPad", "a Mac")


def name_of(agent: str) -> str:
    """Return what a browser calls itself, in words such as `Firefox on Linux`."""
    browser = next((gettext(name) for part, name in _BROWSERS.items() if part in agent), "")
    system = next((gettext(name) for part, name in _SYSTEMS.items() if part in agent), "")
    if browser and system:
        return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or agent[:60] or gettext("Something that does not say what it is")

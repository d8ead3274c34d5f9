"""Browsers, as people call them."""

from typing import Final

# In this order: most say that they are others too.
_BROWSERS: Final = {
    "Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome",
    "Safari/": "Safari", "curl/": "curl", "python": "a script",
}  # fmt: skip
_SYSTEMS: Final = {
    "Android": "Android", "iPhone": "an iPhone", "iPad": "an iPad", "Windows": "Windows",
    "Mac OS X": "a Mac", "Linux": "Linux",
}  # fmt: skip


def name_of(agent: str) -> str:
    """Return what a browser calls itself, in words such as `Firefox on Linux`."""
    browser = next((name for part, name in _BROWSERS.items() if part in agent), "")
    system = next((name for part, name in _SYSTEMS.items() if part in agent), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or agent[:60] or "Something that does not say what it is"

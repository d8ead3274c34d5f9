"""The site that all pages of the console belong to."""

from unfold.sites import UnfoldAdminSite


class ConsoleSite(UnfoldAdminSite):
    """Register every room's pages, and give them one frame."""

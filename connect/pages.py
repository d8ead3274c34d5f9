"""What every page of ours for people says about itself to the browser."""

from urllib.parse import urlsplit

from django.http.response import HttpResponseBase


def guarded(answer: HttpResponseBase, nonce: str, target: str = "") -> HttpResponseBase:
    """Allow the page its own style and its own form, and nothing else.

    Args:
        answer: The page.
        nonce: Of its style.
        target: Where its form leads in the end; browsers apply the rule to that as well.
    """
    back = urlsplit(target)
    targets = f"'self' {back.scheme}://{back.netloc}" if back.netloc else "'self'"
    answer["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; form-action {targets}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    answer["Cache-Control"] = "no-store"
    # Our own forms must say where they come from; nobody else is told.
    answer["Referrer-Policy"] = "same-origin"
    return answer

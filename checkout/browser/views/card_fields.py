"""The frame with a processor's own card fields: nothing else is on its page.

The processor's library runs here, and its policy allows that processor and nobody else. What is
typed in goes from the browser to the processor; the page around is told what came of it.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.clickjacking import xframe_options_exempt

from checkout.hosted import card_frames, framing
from checkout.hosted.card_frames import Frame
from core.types import JsonObject
from processors.router import card_fields
from processors.router.card_fields import Shown


@method_decorator(xframe_options_exempt, name="dispatch")
class CardFieldsView(View):
    """Serve the page of a frame with a processor's card fields."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, frame: str) -> HttpResponse:
        """Render the frame; fields that are gone make a frame that says so."""
        found = card_frames.read(frame)
        if found is None:
            raise Http404
        shown = card_fields.find(found.processor, livemode=found.livemode)
        answer = render(request, "checkout/card_fields.html", {"facts": _facts(shown)})
        answer["Content-Security-Policy"] = _policy(shown, found)
        answer["Cache-Control"] = "no-store"
        # Some processors ask which site they are on; the address itself is nobody's business.
        answer["Referrer-Policy"] = "strict-origin"
        return answer


def _facts(shown: Shown | None) -> JsonObject:
    if shown is None:
        return {"processor": None, "module": None, "settings": {}}
    return {
        "processor": shown.processor,
        "module": static(shown.fields.file),
        "settings": dict(shown.fields.settings),
    }


def _policy(shown: Shown | None, frame: Frame) -> str:
    fields = shown.fields if shown else None
    scripts, connections, frames = (
        " ".join(found)
        for found in (
            ("'self'", *(fields.scripts if fields else ())),
            fields.connections if fields else ("'none'",),
            fields.frames if fields else ("'none'",),
        )
    )
    styles = " ".join(("'self'", *(fields.styles if fields else ())))
    pictures = f"img-src {' '.join(fields.pictures)}; " if fields and fields.pictures else ""
    around = framing.ancestors(list(frame.tenants), *frame.origins) if frame.tenants else ""
    around = "'self'" if around in ("", framing.NOWHERE) else f"'self' {around}"
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; {pictures}"
        f"connect-src {connections}; "
        f"frame-src {frames}; form-action 'none'; base-uri 'none'; frame-ancestors {around}"
    )

"""The door for processors."""

import logging

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.detection import signals
from core.detection.signals import Observation, Signal
from processors import inbox
from processors.protocols.base import ProcessorUnavailable
from processors.protocols.notices import NoticeRefused

logger = logging.getLogger(__name__)


@require_POST
def inbound(request: HttpRequest, processor: str) -> HttpResponse:
    """Receive a processor's notice; 200 means that it is stored."""
    try:
        inbox.receive(
            processor=processor, body=request.body, headers=request.headers, at=timezone.now()
        )
    except KeyError:
        return JsonResponse({"error": "There is no such processor."}, status=404)
    except RequestDataTooBig:
        return JsonResponse({"error": "The notice is too long."}, status=413)
    except NoticeRefused as error:
        logger.warning("A notice for %s was refused: %s", processor, error)
        signals.note(Observation(Signal.NOTICE_REFUSED, thing=processor))
        return JsonResponse({"error": str(error)}, status=400)
    except ProcessorUnavailable as error:
        logger.warning("A notice for %s could not be checked: %s", processor, error)
        return JsonResponse({"error": "It cannot be checked now: send it again."}, status=503)
    words = inbox.acknowledgement(processor)
    if words is not None:
        return HttpResponse(words, content_type="text/plain; charset=utf-8")
    return JsonResponse({"received": True})

"""Who may read what is told to watchers."""

from hmac import compare_digest
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse

_SCHEME: Final = "Bearer "


def refusal(request: HttpRequest) -> JsonResponse | None:
    """Return the answer to whoever has no token; None to whoever has it.

    Raises:
        Http404: If there is none, so that nobody may read anything.
    """
    token: str = settings.MONITORING_TOKEN
    if not token:
        raise Http404
    sent = str(request.META.get("HTTP_AUTHORIZATION", ""))
    if sent.startswith(_SCHEME) and compare_digest(
        sent.removeprefix(_SCHEME).strip().encode(), token.encode()
    ):
        return None
    message = "Send `Authorization: Bearer` with the token of RIALTO_MONITORING_TOKEN."
    answer = JsonResponse({"error": {"message": message}}, status=401)
    answer.headers["WWW-Authenticate"] = 'Bearer realm="Rialto"'
    return answer

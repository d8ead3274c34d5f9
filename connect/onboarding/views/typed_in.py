from typing import Any

from api.views import ApiRequest, ApiView
from connect.onboarding.services import sealed_tokens


class TypedInView(ApiView):
    """An endpoint whose requests may name by a token what was typed into a page."""

    def said(self, request: ApiRequest) -> dict[str, Any]:
        """Read what the request says, with what its tokens stand for."""
        return sealed_tokens.filled_in(request.caller.tenant, super().said(request))

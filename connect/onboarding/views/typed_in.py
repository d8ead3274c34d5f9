from api.views import ApiRequest, ApiView
from connect.onboarding.services import sealed_tokens
from core.types import JsonObject


class TypedInView(ApiView):
    """An endpoint whose requests may name by a token what was typed into a page."""

    def payload(self, request: ApiRequest) -> JsonObject:
        """Read what the request says, with what its tokens stand for."""
        return sealed_tokens.fill_in(request.caller.tenant, super().payload(request))

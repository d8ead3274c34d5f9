from api.views import ApiRequest, ApiView
from connect.onboarding.services import sealed_tokens
from core.types import JsonObject


class TokenParamsView(ApiView):
    """An endpoint whose requests may name sealed tokens."""

    def payload(self, request: ApiRequest) -> JsonObject:
        """Read the parameters of a request, with the details of its tokens."""
        return sealed_tokens.fill_in(request.caller.tenant, super().payload(request))

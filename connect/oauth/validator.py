"""The rules of consent for django-oauth-toolkit."""

from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.oauth2.rfc6749.errors import InvalidRequestError  # type: ignore[import-untyped]

from accounts.models import OAuthGrant, OAuthProfile
from core.types import Fields


class Validator(OAuth2Validator):  # type: ignore[misc]
    """Bind each authorization code to the shared account."""

    def _create_authorization_code(
        self, request: Any, code: Fields, expires: object = None
    ) -> OAuthGrant:
        kept = {**code, "code": OAuthGrant.digest_of(code["code"])}
        grant: OAuthGrant = super()._create_authorization_code(request, kept, expires)
        grant.account_id = request.account_id
        grant.save(update_fields=["account"])
        return grant

    def validate_client_id(
        self, client_id: str, request: Any, *args: object, **kwargs: object
    ) -> bool:
        """Know Connect's clients alone: those of FAPI push their requests to another page."""
        known = super().validate_client_id(client_id, request, *args, **kwargs)
        return bool(known) and request.client.profile == OAuthProfile.CONNECT

    def validate_scopes(
        self,
        client_id: str,
        scopes: list[str],
        client: object,
        request: Any,
        *args: object,
        **kwargs: object,
    ) -> bool:
        """Allow exactly one scope, and no plain code challenge.

        Raises:
            InvalidRequestError: If the link has another challenge than one of `S256`.
        """
        if request.code_challenge and request.code_challenge_method != "S256":
            raise InvalidRequestError(
                description="code_challenge_method must be S256.", request=request
            )
        known = super().validate_scopes(client_id, scopes, client, request, *args, **kwargs)
        return len(scopes) == 1 and bool(known)

"""What django-oauth-toolkit is told about consent to share an account."""

from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator

from accounts.models import OAuthGrant


class Validator(OAuth2Validator):  # type: ignore[misc]
    """Notes with each code which account is shared, and that it is shared in one of two ways."""

    def _create_authorization_code(self, request: Any, code: Any, expires: Any = None) -> Any:
        kept = {**code, "code": OAuthGrant.digest_of(code["code"])}
        grant = super()._create_authorization_code(request, kept, expires)
        grant.account_id = request.account_id
        grant.save(update_fields=["account"])
        return grant

    def validate_scopes(
        self, client_id: Any, scopes: Any, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Allow one scope: to see, or to do everything."""
        known = super().validate_scopes(client_id, scopes, client, request, *args, **kwargs)
        return len(scopes) == 1 and bool(known)

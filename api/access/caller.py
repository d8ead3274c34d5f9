"""Who asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import orjson

from core.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Caller:
    """The authenticated caller.

    Args:
        tenant: The account that is acted on, in the key's mode.
        platform: Who acts, when it acts on a connected account; otherwise None.
        key_id: `key_...`.
        key_kind: `"secret"`, `"restricted"`, `"publishable"` or `"ephemeral"`.
        permissions: Resource → `"none"`, `"read"` or `"write"`, of a restricted key;
            `"customer"` → the one whose it is, of an ephemeral key.
        api_version: The account's pinned version.
        granted: What the account that is acted on lets the platform do: resource, or `"*"` →
            level; None for everything.
        by_application: True if an owner's consent by OAuth, and nothing else, lets it act here.
        key_platform_id: The platform that got the key by OAuth, or with such a key.
    """

    tenant: Tenant
    platform: Tenant | None
    key_id: str
    key_kind: str
    api_version: str
    permissions: Mapping[str, str] = field(default_factory=dict)
    granted: Mapping[str, str] | None = None
    by_application: bool = False
    key_platform_id: str | None = None

    @property
    def owner(self) -> Tenant:
        """The account whose key it is."""
        return self.platform or self.tenant

    @property
    def actor_id(self) -> str:
        """The account that acts: that of the key, or the platform that was given the key."""
        return self.key_platform_id or self.owner.account_id

    @property
    def platform_id(self) -> str | None:
        """The platform that acts on a connected account; None if nobody does."""
        return self.platform.account_id if self.platform else None

    @property
    def key_scope(self) -> str:
        """Whose idempotency keys these are; empty for the account's own.

        A platform's words are apart from those of the account it acts on. Words of keys that may
        do less are apart from those of keys that may do more: neither occupy they these, nor read
        the answers to them.
        """
        platform = self.platform.account_id if self.platform else ""
        if self.key_kind == "ephemeral":
            return f"{platform}/{self.permissions['customer']}"
        if self.key_kind == "restricted":
            canonical = orjson.dumps(dict(self.permissions), option=orjson.OPT_SORT_KEYS)
            return f"{platform}/restricted/{sha256(canonical).hexdigest()[:32]}"
        return f"{platform}/public" if self.key_kind == "publishable" else platform

"""What the columns of packages hold."""

from typing import Final

from config.privacy.classes import Erasure, Holds, Kept, Tables, Whose, table

TABLES: Final[Tables] = {
    "admin.LogEntry": table(
        Whose.OPERATOR, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, "id action_time user content_type object_id action_flag"),
        (Holds.PERSONAL, Erasure.STAYS, "object_repr change_message"),
    ),
    "auth.Permission": table(
        Whose.INSTALLATION, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, "id name content_type codename"),
    ),
    "auth.Group_permissions": table(
        Whose.INSTALLATION, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, "id group permission"),
    ),
    "auth.Group": table(
        Whose.INSTALLATION, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, "id name"),
    ),
    "contenttypes.ContentType": table(
        Whose.INSTALLATION, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, "id app_label model"),
    ),
    "account.EmailAddress": table(
        Whose.OPERATOR, Kept.WITH_OBJECT,
        (Holds.INTERNAL, Erasure.STAYS, "id user verified primary"),
        (Holds.PERSONAL, Erasure.STAYS, "email"),
    ),
    "account.EmailConfirmation": table(
        Whose.OPERATOR, Kept.UNTIL_USED,
        (Holds.INTERNAL, Erasure.STAYS, "id email_address created sent"),
        (Holds.SECRET, Erasure.STAYS, "key"),
    ),
    "mfa.Authenticator": table(
        Whose.OPERATOR, Kept.WITH_OBJECT,
        (Holds.INTERNAL, Erasure.DELETED, "id user type created_at last_used_at"),
        (Holds.SECRET, Erasure.DELETED, "data"),
    ),
    "oauth2_provider.DeviceGrant": table(
        Whose.INSTALLATION, Kept.UNTIL_USED,
        (Holds.INTERNAL, Erasure.NONE, """
            id user scope interval expires status client_id last_checked
        """),
        (Holds.SECRET, Erasure.NONE, "device_code user_code"),
    ),
}  # fmt: skip

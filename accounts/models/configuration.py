"""The version of what processes keep in memory of the installation's configuration."""

from typing import Final

from django.db import connection, models

from core.database import configuration
from core.database.transactions import require_transaction

# A term for the columns of a query.
VERSION: Final = "(SELECT version FROM accounts_configurationversion)"
# As that, for what is done against attacks, which changes far more often.
SECURITY: Final = "(SELECT security FROM accounts_configurationversion)"
# Never a number that was there before, even if that was rolled back.
_BUMP: Final = """
    UPDATE accounts_configurationversion
    SET version = nextval('accounts_configuration_version') RETURNING version
"""
_BUMP_SECURITY: Final = """
    UPDATE accounts_configurationversion
    SET security = nextval('accounts_configuration_version') RETURNING security
"""


class ConfigurationVersion(models.Model):
    """One row: another number after each change."""

    version = models.BigIntegerField()
    # Of the measures against attacks: 0 until the first.
    security = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        """There is one."""

        constraints = [
            models.CheckConstraint(
                condition=models.Q(id=1), name="the_configuration_has_one_version"
            )
        ]

    def __str__(self) -> str:
        return str(self.version)

    @staticmethod
    def read() -> int:
        """Read it, where no other query has."""
        version = _ask(f"SELECT {VERSION}")
        configuration.hear(version)
        return version

    @staticmethod
    def bump() -> int:
        """Give it another number in the transaction of a change, as its last statement."""
        require_transaction()
        version = _ask(_BUMP)
        configuration.hear(version)
        return version

    @staticmethod
    def read_security() -> int:
        """Read the version of the measures against attacks."""
        return _ask(f"SELECT {SECURITY}")

    @staticmethod
    def bump_security() -> int:
        """Give these another version in the transaction that changes one."""
        require_transaction()
        return _ask(_BUMP_SECURITY)


def _ask(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        (version,) = cursor.fetchone()
    return int(version)

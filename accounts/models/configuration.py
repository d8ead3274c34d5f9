"""The version of what processes keep in memory of the installation's configuration."""

from typing import Final

from django.db import connection, models

from core.database import configuration
from core.database.transactions import require_transaction

# A term for the columns of a query.
VERSION: Final = "(SELECT version FROM accounts_configurationversion)"
# Never a number that was there before, even if that was rolled back.
_BUMP: Final = """
    UPDATE accounts_configurationversion
    SET version = nextval('accounts_configuration_version') RETURNING version
"""


class ConfigurationVersion(models.Model):
    """One row: another number after each change."""

    version = models.BigIntegerField()

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
        return _ask(f"SELECT {VERSION}")

    @staticmethod
    def bump() -> int:
        """Give it another number in the transaction of a change, as its last statement."""
        require_transaction()
        return _ask(_BUMP)


def _ask(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        (version,) = cursor.fetchone()
    configuration.hear(version)
    return int(version)

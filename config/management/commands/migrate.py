"""`manage.py migrate`, which refuses a database that stopped before this release's beginning."""

from typing import Final

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

# The last commit that has the migrations which each `0001_baseline` replaces.
UPGRADE_THROUGH: Final = "fc9b97265a44"


class Command(migrate.Command):
    def handle(self, *args: object, **options: object) -> None:
        _refuse_halfway(connections[str(options["database"])])
        super().handle(*args, **options)


def _refuse_halfway(connection: BaseDatabaseWrapper) -> None:
    """Refuse a database that has some, but not all, of the migrations that are files no more."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    applied = MigrationRecorder(connection).applied_migrations()
    for migration in loader.disk_migrations.values():
        gone = [name for name in migration.replaces if name not in loader.disk_migrations]
        missing = [".".join(name) for name in gone if name not in applied]
        if 0 < len(missing) < len(gone):
            raise CommandError(
                f"This database lacks {missing[0]}, which this release no longer has. "
                f"Check out commit {UPGRADE_THROUGH}, run `rialto migrate` there, and then here."
            )

"""Operations of migrations."""

from collections.abc import Sequence
from typing import Final

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# Migrations of libraries that come before our tables: each alters tables one by one, and Django
# renders all related models again each time. Of ours there are many, and all are related.
BEFORE_OUR_TABLES: Final = (
    ("mfa", "0003_authenticator_type_uniq"),
    ("oauth2_provider", "0022_refreshtoken_token_family_index"),
)


class _Many(Operation):
    """Do many operations as one: Django renders what is related to each again only once.

    Made one by one, each table or index costs more than the one before it.
    """

    things: str

    def __init__(self, operations: Sequence[CreateModel | AddIndex]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Add them to the state, which forgets what it has rendered."""
        # Without rendered models there is nothing to render again: whoever asks first does it.
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Create them in their order."""
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Drop them from the last to the first."""
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """Say what `migrate` does."""
        return f"Create {len(self.operations)} {self.things}"


class CreateModels(_Many):
    """Make many tables at once."""

    things = "models"


class AddIndexes(_Many):
    """Add many indexes at once."""

    things = "indexes"

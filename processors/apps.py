"""The room of the rails."""

from django.apps import AppConfig


class ProcessorsConfig(AppConfig):
    """The room of the rails."""

    name = "processors"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Refuse settings that name a rail that is not there."""
        from processors import registry

        registry.check_settings()

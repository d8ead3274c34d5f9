"""The room of the rails."""

from django.apps import AppConfig


class ProcessorsConfig(AppConfig):
    """The room of the rails."""

    name = "processors"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Refuse settings that name a rail that is not there; have what is seen written."""
        from api import request_log
        from processors import registry
        from processors.accounts import observed

        registry.check_settings()
        request_log.register(observed.write)
        observed.wake_by(request_log.wake)

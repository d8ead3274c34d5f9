"""The room of the rails."""

from django.apps import AppConfig


class ProcessorsConfig(AppConfig):
    """The room of the rails."""

    name = "processors"
    default_auto_field = "django.db.models.BigAutoField"

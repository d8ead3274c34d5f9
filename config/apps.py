from django.apps import AppConfig


class RialtoConfig(AppConfig):
    name = "config"
    label = "rialto"

    def ready(self) -> None:
        # From here on "the current Celery application" is ours, in every process.
        from config import celery

        assert celery.app

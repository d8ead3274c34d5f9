from allauth.account.apps import AccountConfig
from django.apps import AppConfig


class RialtoConfig(AppConfig):
    name = "config"
    label = "rialto"

    def ready(self) -> None:
        # From here on "the current Celery application" is ours, in every process.
        from config import celery
        from config.privacy import register
        from console.privacy import exporting

        exporting.register(register.secrets_of)
        assert celery.app


class LogInsConfig(AccountConfig):
    """allauth's accounts, whose middleware only browsers pass: `BROWSER_MIDDLEWARE`."""

    def ready(self) -> None:
        from allauth.account import checks

        assert checks

from django.apps import AppConfig


class ConnectConfig(AppConfig):
    name = "connect"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from connect import expansions
        from connect.services import checks
        from ledger.services import verify

        expansions.register()
        verify.register(*checks.CHECKS)

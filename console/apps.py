from django.apps import AppConfig
from django.contrib import admin
from django.contrib.admin import sites
from django.contrib.auth.signals import user_logged_in


class ConsoleConfig(AppConfig):
    name = "console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from console.books import writing
        from console.figures import integrity_check
        from console.routing import approved
        from console.site import ConsoleSite, begin_in_mode
        from ledger.audit import verify

        verify.register(integrity_check.CHECK)
        writing.register()
        approved.register()
        user_logged_in.connect(begin_in_mode, dispatch_uid="console.begin_in_mode")
        # Before the rooms register their pages: the admin looks for those when all is ready.
        admin.site = sites.site = ConsoleSite()

from django.apps import AppConfig
from django.contrib import admin
from django.contrib.admin import sites


class ConsoleConfig(AppConfig):
    name = "console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from console.site import ConsoleSite

        # Before the rooms register their pages: the admin looks for those when all is ready.
        admin.site = sites.site = ConsoleSite()

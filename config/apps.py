from django.apps import AppConfig


class RialtoConfig(AppConfig):
    name = "config"
    label = "rialto"

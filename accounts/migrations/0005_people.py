from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_oauth_connections"),
        # Which moves what is there to a table of its own.
        ("connect", "0007_verification"),
    ]

    operations = [migrations.RemoveField(model_name="account", name="individual")]

import django.db.models.deletion
from django.db import migrations, models

from core.database.indexes import drop_spare_like_indexes


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_fewer_indexes"),
        ("ledger", "0004_grants"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="journalentry",
            name="one_entry_per_kind_and_source",
        ),
        migrations.RemoveIndex(
            model_name="journalentry",
            name="entry_by_source",
        ),
        migrations.AlterField(
            model_name="balancetransaction",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="accounts.account",
            ),
        ),
        migrations.AlterField(
            model_name="journalentry",
            name="reverses",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                to="ledger.journalentry",
            ),
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.UniqueConstraint(
                fields=("source", "kind"), name="one_entry_per_source_and_kind"
            ),
        ),
        drop_spare_like_indexes("ledger"),
    ]

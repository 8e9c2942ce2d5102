"""An index of pairs of characters of organisations' names, filled for those there are."""

from django.db import migrations, models

from kechuang.chinese.pairs import pairs

CHUNK = 2000


def fill(apps, schema_editor):
    """Add the pairs of every name."""
    organisation = apps.get_model("registry", "Organisation")._base_manager
    table = schema_editor.quote_name(apps.get_model("registry", "NamePair")._meta.db_table)
    last = 0
    with schema_editor.connection.cursor() as cursor:
        while True:
            rows = list(organisation.filter(pk__gt=last).order_by("pk").values_list("pk", "name")[:CHUNK])
            if not rows:
                return
            cursor.executemany(
                f"INSERT INTO {table} (first, second, record_id) VALUES (%s, %s, %s)",  # noqa: S608  no value in it
                [(first, second, key) for key, name in rows for first, second in pairs(name)],
            )
            last = rows[-1][0]


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_support")]

    operations = [
        migrations.CreateModel(
            name="NamePair",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.CharField(max_length=1)),
                ("second", models.CharField(blank=True, max_length=1)),
                ("record_id", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("first", "second", "record_id"), name="name_pair_once")
                ],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

from django.db import migrations, models

WORDS = ('draft', 'standard', 'fine')


def name_the_usual(apps, _schema_editor):
    """The column took any word, and every word meant this one."""
    apps.get_model('projects', 'Node').objects.exclude(quality__in=WORDS).update(quality='standard')


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0004_project_files'),
    ]

    operations = [
        migrations.RunPython(name_the_usual, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='node',
            name='quality',
            field=models.CharField(choices=[('draft', 'draft'), ('standard', 'standard'), ('fine', 'fine')], default='standard', max_length=20),
        ),
    ]

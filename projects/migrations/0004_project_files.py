import django.db.models.deletion
from django.db import migrations, models


def forget_project_files(apps, _schema_editor):
    """The table before knew exports of films alone; files of projects can be made again."""
    apps.get_model("projects", "Export").objects.filter(film=None).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0003_claimed_keys'),
    ]

    operations = [
        migrations.AddField(
            model_name='export',
            name='project',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='exports', to='projects.project'),
        ),
        migrations.AddField(
            model_name='upload',
            name='sha256',
            field=models.CharField(blank=True, default='', max_length=64),
        ),
        migrations.AddField(
            model_name='upload',
            name='kind',
            field=models.CharField(choices=[('media', 'Media'), ('project', 'Project')], default='media', max_length=10),
        ),
        migrations.AlterField(
            model_name='export',
            name='film',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='exports', to='projects.film'),
        ),
        migrations.RunPython(migrations.RunPython.noop, forget_project_files),
    ]

import backoffice.core.fields
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='ClientSettings',
            fields=[
                ('client_id', backoffice.core.fields.IdField(db_collation='C', max_length=300, primary_key=True, serialize=False)),
                ('allowed_hosts', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=260), default=list, size=None)),
                ('version', models.IntegerField(default=1)),
            ],
            options={
                'db_table': 'callbacks_client',
            },
        ),
        migrations.CreateModel(
            name='Host',
            fields=[
                ('host', backoffice.core.fields.IdField(db_collation='C', max_length=260, primary_key=True, serialize=False)),
                ('failing_since', models.DateTimeField(null=True)),
                ('penalty_until', models.DateTimeField(null=True)),
                ('paused_at', models.DateTimeField(null=True)),
                ('noted_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Callback',
            fields=[
                ('webhook_id', backoffice.core.fields.IdField(db_collation='C', max_length=36, primary_key=True, serialize=False)),
                ('subject_id', backoffice.core.fields.IdField(db_collation='C', max_length=26)),
                ('seq', models.IntegerField()),
                ('client_id', backoffice.core.fields.IdField(db_collation='C', max_length=300)),
                ('url', models.TextField()),
                ('host', backoffice.core.fields.IdField(db_collation='C', max_length=260)),
                ('type', backoffice.core.fields.IdField(db_collation='C', max_length=40)),
                ('body', models.BinaryField()),
                ('state', backoffice.core.fields.IdField(db_collation='C', db_default='Waiting', max_length=9)),
                ('attempts', models.IntegerField(db_default=0)),
                ('next_attempt_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), null=True)),
                ('lease_until', models.DateTimeField(null=True)),
                ('lease_token', models.UUIDField(null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('finished_at', models.DateTimeField(null=True)),
                ('dead_reason', models.CharField(max_length=200, null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'Waiting')), fields=['host', 'next_attempt_at'], name='callback_due'), models.Index(condition=models.Q(('lease_token__isnull', False)), fields=['host', 'lease_until'], name='callback_in_flight'), models.Index(fields=['-created_at', 'webhook_id'], name='callback_newest'), models.Index(fields=['host', 'state', '-created_at'], name='callback_by_host'), models.Index(fields=['client_id', '-created_at'], name='callback_by_client')],
                'constraints': [models.UniqueConstraint(fields=('subject_id', 'seq'), name='callback_one_an_event'), models.CheckConstraint(condition=models.Q(('state__in', ['Waiting', 'Delivered', 'Dead'])), name='callback_state'), models.CheckConstraint(condition=models.Q(models.Q(('next_attempt_at__isnull', False), ('state', 'Waiting')), models.Q(('state', 'Waiting'), _negated=True), _connector='OR'), name='callback_waits_for_a_time'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('state', 'Waiting')), ('finished_at', None)), models.Q(models.Q(('state', 'Waiting'), _negated=True), ('finished_at__isnull', False)), _connector='OR'), name='callback_ends_once')],
            },
        ),
        migrations.CreateModel(
            name='Secret',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client_id', backoffice.core.fields.IdField(db_collation='C', max_length=300)),
                ('key_id', models.CharField(max_length=40)),
                ('sealed', models.BinaryField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('valid_until', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['client_id', 'valid_until'], name='callback_secret_by_client')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('valid_until', None)), fields=('client_id',), name='callback_secret_one_current')],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('pk', models.CompositePrimaryKey('callback_id', 'number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('number', models.IntegerField()),
                ('at', models.DateTimeField()),
                ('milliseconds', models.IntegerField()),
                ('outcome', models.CharField(max_length=9)),
                ('status', models.SmallIntegerField(null=True)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('answer', models.CharField(blank=True, max_length=1024)),
                ('callback', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tries', to='callbacks.callback')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('answer', ''), _negated=True), fields=['at'], name='callback_attempt_answers')],
            },
        ),
    ]

"""Policies, calls that wait, and what was said to each."""

import backoffice.core.fields
import backoffice.operators.models
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', backoffice.core.fields.IdField(db_collation='C', max_length=26, primary_key=True, serialize=False)),
                ('action', backoffice.core.fields.IdField(db_collation='C', max_length=60)),
                ('operation', backoffice.core.fields.IdField(db_collation='C', max_length=60)),
                ('state', models.CharField(max_length=10)),
                ('maker', backoffice.core.fields.IdField(db_collation='C', max_length=320)),
                ('maker_name', models.CharField(max_length=150)),
                ('door', models.CharField(max_length=10)),
                ('trace_id', models.CharField(max_length=64)),
                ('reason', models.CharField(max_length=500)),
                ('asked_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('needed', models.IntegerField()),
                ('policies', models.JSONField()),
                ('approver_roles', models.JSONField()),
                ('excluded_roles', models.JSONField()),
                ('asked_hash', models.CharField(max_length=64)),
                ('shown_hash', models.CharField(max_length=64)),
                ('key_id', models.CharField(max_length=40)),
                ('sealed', models.BinaryField()),
                ('about', models.JSONField()),
                ('changes', models.JSONField()),
                ('subject_id', backoffice.core.fields.IdField(db_collation='C', max_length=40, null=True)),
                ('outcome', models.CharField(blank=True, max_length=500)),
                ('result_key_id', models.CharField(max_length=40, null=True)),
                ('result_sealed', models.BinaryField(null=True)),
                ('claimed_until', models.DateTimeField(null=True)),
                ('is_glass_broken', models.BooleanField(default=False)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ('Waiting', 'Approved'))), fields=['state', 'id'], name='approval_open'), models.Index(fields=['maker', '-id'], name='approval_by_maker'), models.Index(condition=models.Q(('is_glass_broken', True)), fields=['-asked_at'], name='approval_broken_glass')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('Waiting', 'Approved'))), fields=('maker', 'asked_hash'), name='approval_of_a_call_is_one'), models.CheckConstraint(condition=models.Q(('state__in', ('Waiting', 'Approved', 'Done', 'Failed', 'Denied', 'Cancelled', 'Expired', 'Stale'))), name='approval_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state__in', ('Waiting', 'Approved'))), models.Q(models.Q(('state__in', ('Waiting', 'Approved')), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='approval_ends_when_it_is_final')],
            },
        ),
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('id', backoffice.core.fields.IdField(db_collation='C', default=backoffice.operators.models.new_id, editable=False, max_length=64, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100, unique=True)),
                ('covers', backoffice.core.fields.IdField(db_collation='C', max_length=60)),
                ('amount_from', backoffice.core.fields.AmountField(null=True)),
                ('asset_ids', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), default=list, size=None)),
                ('market_group_ids', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), default=list, size=None)),
                ('account_group_ids', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), default=list, size=None)),
                ('maker_roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), default=list, size=None)),
                ('approvers_needed', models.IntegerField()),
                ('approver_roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), default=list, size=None)),
                ('excluded_roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), default=list, size=None)),
                ('expires_after_minutes', models.IntegerField()),
                ('is_active', models.BooleanField()),
                ('version', models.IntegerField(default=1)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('approvers_needed__gte', 1), ('approvers_needed__lte', 5)), name='approval_policy_needs_somebody')],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('maker', backoffice.core.fields.IdField(db_collation='C', max_length=320)),
                ('approver', backoffice.core.fields.IdField(db_collation='C', max_length=320)),
                ('approver_name', models.CharField(max_length=150)),
                ('verdict', models.CharField(max_length=12)),
                ('door', models.CharField(max_length=10)),
                ('trace_id', models.CharField(max_length=64)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('at', models.DateTimeField()),
                ('approval', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='approvals.approval')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('approval', 'approver'), name='approval_decided_once_by_each'), models.CheckConstraint(condition=models.Q(('verdict__in', ['Approved', 'Denied', 'BrokenGlass'])), name='approval_verdict_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('verdict', 'BrokenGlass'), ('maker', models.F('approver'))), models.Q(models.Q(('verdict', 'BrokenGlass'), _negated=True), models.Q(('maker', models.F('approver')), _negated=True)), _connector='OR'), name='approval_maker_is_not_checker')],
            },
        ),
    ]

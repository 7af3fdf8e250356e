"""The Celery application: messages carry ids only, and losing the broker loses nothing."""

import os

from celery import Celery

from backoffice import broker, env
from backoffice.traced_tasks import TracedTask

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")

# Whoever rings the doorbell does not wait for it: the row is committed and the sweep will find it. A worker waits longer.
PATIENCE_SECONDS = env.whole("BROKER_PATIENCE_MS", 200, 50, 60_000) / 1000

broker.register()
app = Celery("backoffice", task_cls=TracedTask)
# The current application is one per thread, and the web server's threads would have none.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    result_backend=None,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_soft_time_limit=840,
    task_time_limit=900,
    task_default_queue="desk",
    task_routes={
        "backoffice.jobs.market_files.*": {"queue": "files"},
        "backoffice.jobs.books.*": {"queue": "files"},
        "backoffice.jobs.callbacks.*": {"queue": "callbacks"},
        # What is due is queued on `desk`, in no time; what is made may take an hour and holds up neither imports nor audits.
        "backoffice.jobs.reports.run": {"queue": "reports"},
        "backoffice.jobs.reports.sweep": {"queue": "reports"},
        "backoffice.jobs.reports.clean": {"queue": "reports"},
        # A mail server that hangs holds up nothing but mail.
        "backoffice.jobs.report_mail.*": {"queue": "mail"},
        "backoffice.jobs.notifications.send_digests": {"queue": "mail"},
        "backoffice.jobs.letters.*": {"queue": "mail"},
        # A long backlog of the chain holds up nothing short; whoever may mail takes its heads there.
        "backoffice.jobs.audit_chain.extend": {"queue": "files"},
        "backoffice.jobs.audit_chain.mail": {"queue": "mail"},
        # What is due at an instant does not wait behind long work; that is done on `desk`.
        "backoffice.jobs.commission_changes.estimate*": {"queue": "files"},
    },
    task_publish_retry=False,
    broker_transport_options={
        "max_retries": 0,
        "interval_start": 0,
        "socket_connect_timeout": PATIENCE_SECONDS,
        "socket_timeout": PATIENCE_SECONDS,
        "visibility_timeout": 1200,
    },
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    worker_hijack_root_logger=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    beat_scheduler="backoffice.jobs.heartbeat:TickingScheduler",
    beat_max_loop_interval=5,
    beat_schedule={
        "worker heartbeat": {"task": "backoffice.jobs.heartbeat.worker", "schedule": 10.0, "options": {"expires": 10}},
        "callbacks": {"task": "backoffice.jobs.callbacks.deliver", "schedule": 5.0, "options": {"expires": 5}},
        "old callbacks": {"task": "backoffice.jobs.callbacks.clean", "schedule": 600.0, "options": {"expires": 600}},
        "approvals": {"task": "backoffice.jobs.approvals.sweep", "schedule": 5.0, "options": {"expires": 5}},
        "books": {"task": "backoffice.jobs.books.audit", "schedule": 60.0, "options": {"expires": 60}},
        "change sets": {"task": "backoffice.jobs.commission_changes.apply_due", "schedule": 5.0, "options": {"expires": 5}},
        "impacts": {"task": "backoffice.jobs.commission_changes.estimate_all", "schedule": 5.0, "options": {"expires": 5}},
        "totals": {"task": "backoffice.jobs.history.fold", "schedule": 5.0, "options": {"expires": 5}},
        "due reports": {"task": "backoffice.jobs.reports.take_due", "schedule": 5.0, "options": {"expires": 5}},
        "reports": {"task": "backoffice.jobs.reports.sweep", "schedule": 5.0, "options": {"expires": 5}},
        "report mail": {"task": "backoffice.jobs.report_mail.deliver", "schedule": 5.0, "options": {"expires": 5}},
        "old reports": {"task": "backoffice.jobs.reports.clean", "schedule": 600.0, "options": {"expires": 600}},
        "audit chain": {"task": "backoffice.jobs.audit_chain.extend", "schedule": 5.0, "options": {"expires": 5}},
        "audit head": {"task": "backoffice.jobs.audit_chain.export", "schedule": 60.0, "options": {"expires": 60}},
        "audit head by mail": {"task": "backoffice.jobs.audit_chain.mail", "schedule": 60.0, "options": {"expires": 60}},
        "timeouts": {"task": "backoffice.jobs.notifications.tell_timeouts", "schedule": 60.0, "options": {"expires": 60}},
        "digests": {"task": "backoffice.jobs.notifications.send_digests", "schedule": 60.0, "options": {"expires": 60}},
        "letters": {"task": "backoffice.jobs.letters.send", "schedule": 20.0, "options": {"expires": 20}},
        "old notifications": {"task": "backoffice.jobs.notifications.clean", "schedule": 600.0, "options": {"expires": 600}},
        "market files": {"task": "backoffice.jobs.market_files.sweep", "schedule": 5.0, "options": {"expires": 5}},
    },
    imports=[
        "backoffice.jobs.approvals",
        "backoffice.jobs.audit_chain",
        "backoffice.jobs.books",
        "backoffice.jobs.callbacks",
        "backoffice.jobs.commission_changes",
        "backoffice.jobs.heartbeat",
        "backoffice.jobs.history",
        "backoffice.jobs.letters",
        "backoffice.jobs.market_files",
        "backoffice.jobs.notifications",
        "backoffice.jobs.report_mail",
        "backoffice.jobs.reports",
    ],
)

"""How tasks travel: acknowledged late, never two at a time in advance, results nowhere."""

from django.conf import settings

from generation.contract.messages import broker_address

broker_url = broker_address(settings.REDIS_URL)
task_ignore_result = True
task_acks_late = True
task_reject_on_worker_lost = True
worker_prefetch_multiplier = 1
worker_hijack_root_logger = False
worker_cancel_long_running_tasks_on_connection_loss = False
broker_connection_retry_on_startup = True
broker_connection_max_retries = None
# Longer than the longest task: redelivery while one still runs would only waste work, since leases decide.
broker_transport_options = {"visibility_timeout": 3600, "unacked_restore_interval": 2, "unacked_restore_throttle": 1}

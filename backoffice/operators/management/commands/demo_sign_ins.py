"""`demo_sign_ins`: who of the demo broker may sign in, with the passwords."""

from typing import Any

from django.core.management.base import BaseCommand

from backoffice.operators import demo


class Command(BaseCommand):
    help = "Print username, password and role of the demo operators; nothing when there are none."

    def handle(self, *args: Any, **options: Any) -> None:
        for person in demo.present():
            self.stdout.write(f"{person.username:<8}{person.password:<22}{person.role}")

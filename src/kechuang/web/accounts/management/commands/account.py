"""Make an account and give it a role, from the command line of the server."""

from __future__ import annotations

import datetime as dt
import getpass
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from kechuang.web.accounts.domain import people
from kechuang.web.accounts.models import Role, User
from kechuang.web.core.errors import UserError


class Command(BaseCommand):
    """``kechuang manage account NAME --role officer``."""

    help = (
        "建账号、给角色；口令在提示处输入，或放在环境变量 KECHUANG_PASSWORD。 / Make an account and give it a role; "
        "the password is asked for, or taken from KECHUANG_PASSWORD."
    )

    def add_arguments(self, parser: Any) -> None:
        """Who, and what they may reach."""
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="显示的姓名 / display name")
        parser.add_argument("--email", default="")
        parser.add_argument("--role", choices=Role.values, required=True)
        parser.add_argument("--organisation", default="", help="统一社会信用代码 / credit code")
        parser.add_argument("--county", default="", help="区划代码 / division code")
        parser.add_argument("--department", default="", help="部门 id（见城市包） / department id of the pack")
        parser.add_argument("--until", type=dt.date.fromisoformat, help="有效期至 / valid until, YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        user = User.objects.filter(username__iexact=options["username"]).first()
        password = ""
        if user is None:  # asked before the transaction: nobody else waits while the password is typed
            password = os.environ.get("KECHUANG_PASSWORD") or getpass.getpass("口令 / password: ")
        try:
            with transaction.atomic():
                user = user or people.create_user(
                    options["username"],
                    display_name=options["name"],
                    email=options["email"],
                    password=password,
                    actor=None,
                )
                people.give_role(
                    user,
                    Role(options["role"]),
                    organisation=options["organisation"],
                    county=options["county"],
                    department=options["department"],
                    valid_to=options["until"],
                    actor=None,
                )
        except UserError as problem:
            raise CommandError(f"{problem.zh}\n{problem.en}") from problem
        self.stderr.write(f"{user.username}: {options['role']}")

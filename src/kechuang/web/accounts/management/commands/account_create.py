"""``kechuang manage account_create NAME``: make an account with a role, for instance the first administrator."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from kechuang.codes import uscc
from kechuang.web.accounts.domain.people import create_user, give_role
from kechuang.web.accounts.models import Role
from kechuang.web.core.errors import UserError


class Command(BaseCommand):
    """Make an account."""

    help = "建账号并给角色 / make an account and give it a role"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--name", default="", help="姓名 / name")
        parser.add_argument("--email", default="")
        parser.add_argument("--organisation", default="", help="统一社会信用代码 / credit code")
        parser.add_argument("--county", default="", help="县市区代码 / county code")
        parser.add_argument("--department", default="")
        parser.add_argument("--password-stdin", action="store_true", help="从标准输入读口令 / read it from stdin")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask for the password (never on the command line, where others could see it) and make the account."""
        if options["password_stdin"]:
            password = sys.stdin.readline().rstrip("\n")
        else:
            password = getpass.getpass("口令 / password: ")
        reach = {key: options[key] for key in ("county", "department")}
        try:
            if options["organisation"]:
                reach["organisation"] = uscc.validate(options["organisation"])
            with transaction.atomic():
                user = create_user(
                    options["username"],
                    display_name=options["name"],
                    email=options["email"],
                    password=password,
                    actor=None,
                )
                give_role(user, Role(options["role"]), **reach, actor=None)
        except (UserError, uscc.UsccError) as error:
            raise CommandError(f"{error.zh}\n{error.en}") from error
        self.stdout.write(f"已建账号 {user.username}。\nAccount {user.username} is made.")

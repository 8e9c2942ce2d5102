"""Why a log-in through the identity provider did not come about."""

from __future__ import annotations

from kechuang.web.core.errors import UserError


class RefusedLoginError(UserError):
    """What came back cannot be trusted, or says no. The code goes into the audit log, the words are for the person."""

    def __init__(self, code: str, zh: str = "", en: str = "") -> None:
        super().__init__(
            zh or "身份认证返回的内容没有通过校验，没有登录。请再试一次；还不行，把页面下方的编号告诉管理员。",
            en
            or "What the identity provider sent did not pass the checks; you are not logged in. Try again; if that does "
            "not help, give the number below to your administrator.",
            code=code,
            status=400,
        )


class UnreachableError(UserError):
    """The provider does not answer, or answers what nobody can use."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            "暂时连不上统一身份认证。请过几分钟再试，或用用户名和口令登录。",
            "The identity provider cannot be reached. Try again in some minutes, or log in with user name and password.",
            code="provider",
            status=503,
        )
        self.detail = detail

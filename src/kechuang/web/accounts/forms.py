"""Forms of log-in, password and second factor in the look and the words of the platform."""

from __future__ import annotations

from typing import Any, cast

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.recovery_codes import forms as recovery
from allauth.mfa.totp import forms as totp
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.utils.translation import gettext_lazy as _

from kechuang.codes import uscc
from kechuang.web.accounts.models import Grant, Role, User
from kechuang.web.core.templatetags.kc import is_english

LABELS = {
    "login": _("用户名或邮箱"),
    "password": _("口令"),
    "oldpassword": _("现在的口令"),
    "password1": _("新口令"),
    "password2": _("再写一次新口令"),
    "email": _("邮箱"),
    "code": _("验证码"),
}
HELPS = {
    "password1": _("至少 10 位，不能全是数字，不能是常见口令。"),
    "code": _("手机验证器上现在显示的 6 位数字，或一个备用码。"),
}


class Styled:
    """Labels and classes of the platform for a form that comes from elsewhere."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name in LABELS:
                field.label = LABELS[name]
            field.help_text = HELPS.get(name, "")
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs["class"] = (
                "form-check-input" if isinstance(field, forms.BooleanField) else "form-control"
            )


class LoginForm(Styled, account.LoginForm):
    """User name or e-mail, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class ChangePasswordForm(Styled, account.ChangePasswordForm):
    """Old and new password."""


class SetPasswordForm(Styled, account.SetPasswordForm):
    """First password of an account."""


class ResetPasswordForm(Styled, account.ResetPasswordForm):
    """Where the reset mail goes."""


class ResetPasswordKeyForm(Styled, account.ResetPasswordKeyForm):
    """New password after the reset mail."""


class ReauthenticateForm(Styled, account.ReauthenticateForm):
    """Password again, before something sensitive."""


class Counted:
    """A wrong code counts like a wrong password: five failures lock the account, in the database and for all processes.

    Without this a person who knows the password could try all codes.
    """

    user: User

    def clean_code(self) -> str:
        """The code, unless the account is locked."""
        request = context.request
        if not AxesProxyHandler.is_allowed(request, {"username": self.user.username}):
            request.axes_locked_out = True  # the lock page answers, whatever the code was
            raise forms.ValidationError(_("登录太频繁，请过几分钟再试。"))
        return str(super().clean_code())  # type: ignore[misc]


class AuthenticateForm(Counted, Styled, mfa.AuthenticateForm):
    """Second step of log-in."""


class MFAReauthenticateForm(Counted, Styled, mfa.ReauthenticateForm):
    """Second factor again, before something sensitive."""


class ActivateTOTPForm(Styled, totp.ActivateTOTPForm):
    """First code of a new authenticator."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = ""


class DeactivateTOTPForm(Styled, totp.DeactivateTOTPForm):
    """Confirmation only."""


class GenerateRecoveryCodesForm(Styled, recovery.GenerateRecoveryCodesForm):
    """Confirmation only."""


class PersonForm(forms.Form):
    """A new account."""

    username = forms.CharField(label=_("用户名"), max_length=150)
    display_name = forms.CharField(label=_("姓名"), max_length=100)
    email = forms.EmailField(label=_("邮箱"), help_text=_("本人用它设口令：在登录页点“忘记口令”。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"


class DelegationForm(forms.Form):
    """Which of the own rights, to whom, until when, and why."""

    grant = forms.ChoiceField(label=_("委托哪项权限"))
    receiver = forms.CharField(label=_("委托给谁"), max_length=150, help_text=_("写对方的用户名，一字不差。"))
    until = forms.DateField(label=_("有效期至"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("事由"), max_length=200, help_text=_("例如出差、休假。对方和安全管理员看得到。"))

    def __init__(self, *args: Any, grants: list[Grant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.pk, f"{one.get_role_display()} {one.reach}".strip()) for one in grants]
        cast(forms.ChoiceField, self.fields["grant"]).choices = choices
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-select" if name == "grant" else "form-control"


class GrantForm(forms.Form):
    """A role and what it reaches."""

    role = forms.ChoiceField(label=_("角色"), choices=Role.choices)
    organisation = forms.CharField(label=_("统一社会信用代码"), required=False, help_text=_("企业、高校院所要填"))
    county = forms.RegexField(r"^\d{6}$", label=_("县市区代码"), required=False, help_text=_("县市区经办人要填，6 位"))
    department = forms.CharField(label=_("部门"), max_length=80, required=False, help_text=_("部门填报人要填"))
    valid_to = forms.DateField(
        label=_("有效期至"), required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text=_("不填为长期")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-select" if name == "role" else "form-control"

    def clean_organisation(self) -> str:
        """A right credit code, or none."""
        value = str(self.cleaned_data["organisation"])
        if not value:
            return ""
        try:
            return uscc.validate(value)
        except uscc.UsccError as error:
            raise forms.ValidationError(error.en if is_english() else error.zh) from error

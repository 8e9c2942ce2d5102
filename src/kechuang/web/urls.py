"""All addresses. Each app brings its own; the order is the order of the menu."""

from django.urls import include, path

urlpatterns = [
    path("", include("kechuang.web.portal.urls")),
    path("policies/", include("kechuang.web.policy.urls")),
    path("library/", include("kechuang.web.library.urls")),
    path("", include("kechuang.web.entitlements.urls")),
    path("laboratory/", include("kechuang.web.laboratory.urls")),
    path("enterprises/", include("kechuang.web.registry.urls")),
    path("", include("kechuang.web.intake.urls")),
    path("", include("kechuang.web.monitoring.urls")),
    path("my/", include("kechuang.web.selfservice.urls")),
    path("accounts/", include("kechuang.web.accounts.urls")),
    path("accounts/", include("kechuang.web.accounts.login_urls")),
    path("audit/", include("kechuang.web.audit.urls")),
    path("operations/", include("kechuang.web.operations.urls")),
    path("api/v1/", include("kechuang.web.api")),
    path("", include("kechuang.web.core.urls")),
]

handler400 = "kechuang.web.core.pages.bad_request"
handler403 = "kechuang.web.core.pages.forbidden"
handler404 = "kechuang.web.core.pages.not_found"
handler500 = "kechuang.web.core.pages.server_error"

"""Addresses of self-service."""

from django.urls import path

from .views import claims, figures, home, personal

app_name = "selfservice"
urlpatterns = [
    path("", home.home, name="home"),
    path("consents/", home.consents, name="consents"),
    path("consents/<slug:public_id>/withdraw/", home.withdraw_consent, name="consent_withdraw"),
    path("claims/", claims.claim_list, name="claims"),
    path("claims/new/", claims.new, name="claim_new"),
    path("claims/<slug:public_id>/", claims.claim, name="claim"),
    path("claims/<slug:public_id>/act/", claims.act, name="claim_act"),
    path("figures/", figures.report_list, name="reports"),
    path("figures/<slug:uscc>/", figures.years, name="years"),
    path("figures/<slug:uscc>/<int:number>/", figures.year, name="year"),
    path("personal/", personal.personal, name="personal"),
    path("personal/copy/", personal.copy, name="copy"),
    path("personal/requests/", personal.requests, name="requests"),
    path("personal/<slug:public_id>/", personal.one, name="request"),
    path("personal/<slug:public_id>/act/", personal.act, name="request_act"),
]

"""Addresses of the app."""

from django.urls import path

from kechuang.web.entitlements.views import eligibility, measures, readings, results

app_name = "entitlements"
urlpatterns = [
    path("measures/", measures.measures, name="measures"),
    path("measures/<slug:measure_id>/", measures.measure, name="measure"),
    path("measures/<slug:measure_id>/trace/", measures.trace, name="trace"),
    path("measures/<slug:measure_id>/results/", results.measure_results, name="results"),
    path("measures/<slug:measure_id>/readings/", readings.measure_readings, name="readings"),
    path("eligibility/", eligibility.start, name="eligibility"),
    path("eligibility/ask/", eligibility.ask, name="ask"),
    path("eligibility/answers/", eligibility.answers, name="answers"),
    path("eligibility/print/", eligibility.print_page, name="print"),
    path("eligibility/qr.svg", eligibility.qr, name="qr"),
]

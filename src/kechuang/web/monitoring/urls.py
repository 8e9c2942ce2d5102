"""Addresses of targets and indicators."""

from django.urls import path

from . import views

app_name = "monitoring"
urlpatterns = [
    path("targets/", views.targets, name="targets"),
    path("targets/targets.csv", views.targets_csv, name="targets_csv"),
    path("targets/report.docx", views.targets_report, name="targets_report"),
    path("targets/report.lock.json", views.targets_report_lock, name="targets_report_lock"),
    path("targets/report.html", views.targets_report_html, name="targets_report_html"),
    path("targets/report.pdf", views.targets_report_pdf, name="targets_report_pdf"),
    path("indicators/", views.indicators, name="indicators"),
    path("indicators/<str:indicator_id>/", views.indicator, name="indicator"),
    path("indicators/<str:indicator_id>/data.csv", views.indicator_csv, name="indicator_csv"),
    path("indicators/<str:indicator_id>/try/", views.target_trial, name="trial"),
    path("indicators/<str:indicator_id>/provide/", views.provide, name="provide"),
    path("indices/", views.index_workshop, name="workshop"),
    path("indices/ranking.csv", views.workshop_csv, name="workshop_csv"),
    path("provided/<str:submission_id>/", views.provided, name="provided"),
    path("submissions/", views.submissions, name="submissions"),
    path("submissions/upload/", views.submissions_upload, name="submissions_upload"),
    path("submissions/template.xlsx", views.submissions_template, name="submissions_template"),
    path("submissions/<str:submission_id>/", views.submission, name="submission"),
    path("submissions/<str:submission_id>/decide/", views.submission_decide, name="submission_decide"),
]

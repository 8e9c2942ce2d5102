"""Addresses of the app."""

from django.urls import path

from kechuang.web.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.heads, name="heads"),
    path("heads.json", views.heads_json, name="heads_json"),
    path("chain.jsonl", views.chain_export, name="chain"),
    path("verify_audit.py", views.verifier, name="verifier"),
    path("events/", views.events, name="events"),
    path("events/export/", views.events_export, name="events_export"),
    path("events/<str:public_id>/", views.event, name="event"),
    path("events/<str:public_id>/bulk.json", views.bulk, name="bulk"),
    path("mine/", views.mine, name="mine"),
    path("tamper/", views.tampering, name="tamper"),
]

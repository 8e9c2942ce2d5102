"""Addresses of imports, deliveries and exports."""

from django.urls import path

from . import views, views_open

app_name = "intake"
urlpatterns = [
    path("data/", views_open.data, name="data"),
    path("data/export/", views_open.export, name="export"),
    path("deliveries/", views_open.feeds, name="feeds"),
    path("deliveries/<slug:code>/", views_open.feed, name="feed"),
    path("deliveries/<slug:code>/act/", views_open.feed_act, name="feed_act"),
    path("imports/", views.home, name="home"),
    path("imports/new/<slug:kind>/", views.new, name="new"),
    path("imports/template/<slug:kind>.xlsx", views.template, name="template"),
    path("imports/<slug:public_id>/", views.one, name="import"),
    path("imports/<slug:public_id>/act/", views.act, name="act"),
    path("imports/<slug:public_id>/rows.xlsx", views.troubled, name="troubled"),
    path("imports/<slug:public_id>/rows/<int:line>/", views.row, name="row"),
    path("imports/<slug:public_id>/rows/<int:line>/proof.json", views.proof, name="proof"),
]

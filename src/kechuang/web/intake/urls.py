"""Addresses of imports."""

from django.urls import path

from . import views

app_name = "intake"
urlpatterns = [
    path("", views.home, name="home"),
    path("new/<slug:kind>/", views.new, name="new"),
    path("template/<slug:kind>.xlsx", views.template, name="template"),
    path("<slug:public_id>/", views.one, name="import"),
    path("<slug:public_id>/act/", views.act, name="act"),
    path("<slug:public_id>/rows.xlsx", views.troubled, name="troubled"),
    path("<slug:public_id>/rows/<int:line>/", views.row, name="row"),
    path("<slug:public_id>/rows/<int:line>/proof.json", views.proof, name="proof"),
]

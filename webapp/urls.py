"""Addresses: the API, media, health, the admin, and the one page of the frontend for everything else."""

from django.contrib import admin
from django.urls import include, path, re_path

from webapp.frontend import frontend
from webapp.health import alive, metrics, ready

# Found by Django by their names.
handler400 = "projects.api.problems.request_problem"
handler404 = "projects.api.problems.address_problem"
handler500 = "projects.api.problems.server_problem"

urlpatterns = [
    path("healthz", alive),
    path("readyz", ready),
    path("metrics", metrics),
    path("admin/", admin.site.urls),
    path("api/v1/", include("projects.urls")),
    re_path(r"^(?!api/|static/|ws/|admin/).*$", frontend),
]

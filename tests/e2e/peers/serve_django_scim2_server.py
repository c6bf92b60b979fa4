"""django-scim2-server as its documentation sets it up."""

from django.urls import include, path
from django_site import BEHIND_THE_TOKEN, configure, serve

configure(
    "django_scim2_server",
    __name__,
    MIDDLEWARE=[BEHIND_THE_TOKEN],
    SCIM2_SERVER_AUTH_CHECK="django_scim2_server.auth.is_authenticated",
)
urlpatterns = [path("scim/v2/", include("django_scim2_server.urls"))]
serve("/scim/v2")

"""django-scim2 as its documentation sets it up, with a user and a group of the site's own."""

from django.urls import include, path
from django_site import ADDRESS, BEHIND_THE_TOKEN, configure, serve

configure(
    "people",
    __name__,
    MIDDLEWARE=[BEHIND_THE_TOKEN, "django_scim.middleware.SCIMAuthCheckMiddleware"],
    AUTH_USER_MODEL="people.User",
    SCIM_SERVICE_PROVIDER={
        "SCHEME": "http",
        "NETLOC": ADDRESS,
        "AUTHENTICATION_SCHEMES": [{"type": "oauthbearertoken", "name": "Bearer", "description": "A token."}],
        "WWW_AUTHENTICATE_HEADER": "Bearer",
        "GROUP_MODEL": "people.models.Team",
    },
)
urlpatterns = [path("scim/v2/", include("django_scim.urls"))]
serve("/scim/v2")

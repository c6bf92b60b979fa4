"""The site's own users and groups, with what django-scim2 asks of them."""

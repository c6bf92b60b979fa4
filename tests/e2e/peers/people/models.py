"""A user and a group as django-scim2's documentation has them."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django_scim.models import AbstractSCIMGroupMixin, AbstractSCIMUserMixin


class User(AbstractSCIMUserMixin, AbstractUser):
    teams = models.ManyToManyField("Team", related_name="user_set")

    @property
    def scim_groups(self) -> models.Manager:
        return self.teams


class Team(AbstractSCIMGroupMixin):
    name = models.CharField(max_length=200)

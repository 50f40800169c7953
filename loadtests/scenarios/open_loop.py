"""Requests at a fixed rate: as many a second as `RATE` says, for each user."""

from loadtests.open_model import OpenUser


class Arrivals(OpenUser):
    rate = 50.0

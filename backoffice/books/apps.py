"""The app of books."""

from django.apps import AppConfig


class BooksConfig(AppConfig):
    name = "backoffice.books"
    label = "books"

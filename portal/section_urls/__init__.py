"""The addresses of each section; portal/urls.py includes them."""

"""What happened: orders and what became of them."""

from django.urls import path

from portal.views import order_page

urlpatterns = [
    path("history/orders/<str:order_id>/", order_page.show, name="orders-show"),
    path("history/executions/<str:execution_id>/", order_page.of_execution, name="executions-show"),
]

"""What happened: orders and what became of them."""

from django.urls import path

from portal.views import (
    history_balances,
    history_billing,
    history_dashboard,
    history_orders,
    history_positions,
    history_totals,
    history_trades,
    order_page,
    position_page,
)

urlpatterns = [
    path("history/", history_dashboard.landing, name="history-show"),
    path("history/dashboard/", history_dashboard.show, name="history-dashboard"),
    path("history/orders/", history_orders.list_orders, name="orders-list"),
    path("history/orders/open/", history_orders.list_open, name="orders-open"),
    path("history/orders/external/", history_orders.list_external, name="orders-external"),
    path("history/trades/", history_trades.list_trades, name="trades-list"),
    path("history/trades/unsolicited/", history_trades.list_unsolicited, name="trades-unsolicited"),
    path("history/positions/", history_positions.list_open, name="positions-list"),
    path("history/positions/closed/", history_positions.list_closed, name="positions-closed"),
    path("history/positions/swaps/", history_positions.list_swaps, name="positions-swaps"),
    path("history/positions/funding/", history_positions.list_funding, name="positions-funding"),
    path("history/positions/<str:position_id>/", position_page.show, name="positions-show"),
    path("history/balances/", history_balances.by_client, name="balances-clients"),
    path("history/balances/accounts/", history_balances.by_account, name="balances-accounts"),
    path("history/commissions/", history_totals.by_client, name="commission-totals-clients"),
    path("history/commissions/accounts/", history_totals.by_account, name="commission-totals-accounts"),
    path("history/commissions/assets/", history_totals.by_asset, name="commission-totals-assets"),
    path("history/commissions/clients-assets/", history_totals.by_client_and_asset, name="commission-totals-client-assets"),
    path("history/commissions/accounts-assets/", history_totals.by_account_and_asset, name="commission-totals-account-assets"),
    path("history/revenue/", history_totals.revenue, name="revenue-list"),
    path("history/billing/", history_billing.show, name="billing-show"),
    path("history/orders/<str:order_id>/", order_page.show, name="orders-show"),
    path("history/executions/<str:execution_id>/", order_page.of_execution, name="executions-show"),
]

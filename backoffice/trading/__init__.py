"""Records of trading: orders and their executions, as the broker platform tells of them."""

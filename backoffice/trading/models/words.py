"""The words that a record of trading may hold, as domain section 3 has them."""

SIDES = ["Buy", "Sell"]
MARKET_TYPES = ["Spot", "Cfd", "Perp"]
LEVERED = ["Cfd", "Perp"]
TYPES = ["Market", "Limit"]
TIMES_IN_FORCE = ["Gtc", "Ioc", "Fok", "Gtd", "Day"]
STATUSES = ["Started", "Pending", "Working", "Completed", "Cancelled", "Rejected", "Expired"]
OPEN = ["Started", "Pending", "Working"]
EXTERNAL_STATUSES = ["New", "PartialFill", "Fill", "Cancelled", "ExternalRejected", "TimeOut", "Expired"]
SOURCES = ["Manual", "Api", "System", "Admin"]
REASONS = ["Trader", "StopOut", "MarketHalted", "MarketDisabled", "TakeProfit", "StopLoss", "Admin"]

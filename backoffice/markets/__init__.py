"""Assets, markets, groups, calendars, categories, liquidity sessions, and the files that bring markets in and out."""

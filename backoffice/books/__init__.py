"""The auditor: proves from the tables alone that the books balance. It shares no code with those who write them."""

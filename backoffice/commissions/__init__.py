"""Commissions: profiles, their rules, who has which, and what an order pays. match.py and quote.py are pure."""

"""The operators' pages of this room."""

from connect.admin import applications, money, sellers

__all__ = ["applications", "money", "sellers"]

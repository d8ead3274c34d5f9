"""The operators' pages of this room."""

from connect.admin import money, sellers

__all__ = ["money", "sellers"]

"""The tables of checkout."""

from checkout.models.catalog import Price, Product

__all__ = ["Price", "Product"]

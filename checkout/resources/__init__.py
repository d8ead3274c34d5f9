"""Wire objects of checkout: plain functions from row to dict, ids unexpanded, no queries."""

from checkout.resources.catalog import deleted_product, price, price_currency_options, product

__all__ = ["deleted_product", "price", "price_currency_options", "product"]

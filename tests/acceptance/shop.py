"""Every action of what is sold."""

from tests.acceptance.caller import Caller


def catalog(our: Caller) -> None:
    products, prices = our.v1.products, our.v1.prices
    tea = products.create(
        {"name": "Tea", "default_price_data": {"currency": "usd", "unit_amount": 5_00}}
    )
    assert products.update(tea.id, {"images": ["https://shop.example/tea.png"]}).name == "Tea"
    assert products.retrieve(tea.id, {"expand": ["default_price"]}).default_price.unit_amount == 500
    assert products.list({"ids": [tea.id]}).data[0].id == tea.id
    assert products.search({"query": "name:'tea'"}).data[0].id == tea.id
    assert products.features.list(tea.id).data == []
    price = prices.create({"product": tea.id, "currency": "eur", "unit_amount_decimal": "0.5"})
    assert prices.update(price.id, {"lookup_key": "sip"}).lookup_key == "sip"
    assert prices.retrieve(price.id, {"expand": ["product"]}).product.name == "Tea"
    assert [one.id for one in prices.list({"lookup_keys": ["sip"]}).data] == [price.id]
    assert prices.search({"query": "currency:'eur'"}).data[0].id == price.id
    unsold = products.create({"id": "unsold", "name": "Dust"})
    assert products.delete(unsold.id).deleted

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


def rates_and_discounts(our: Caller) -> None:
    taxes, shipping = our.v1.tax_rates, our.v1.shipping_rates
    vat = taxes.create({"display_name": "VAT", "percentage": 7, "inclusive": True})
    assert taxes.update(vat.id, {"active": False}).percentage == 7
    assert taxes.retrieve(vat.id).display_name == "VAT"
    assert taxes.list({"inclusive": True}).data[0].id == vat.id
    post = shipping.create(
        {"display_name": "Post", "fixed_amount": {"amount": 5_00, "currency": "usd"}}
    )
    assert not shipping.update(post.id, {"active": False}).active
    assert shipping.retrieve(post.id).fixed_amount.amount == 500
    assert shipping.list({"currency": "usd"}).data[0].id == post.id
    coupons, codes = our.v1.coupons, our.v1.promotion_codes
    quarter = coupons.create({"percent_off": 25})
    assert coupons.update(quarter.id, {"name": "Summer"}).name == "Summer"
    assert coupons.retrieve(quarter.id, {"expand": ["applies_to"]}).valid
    assert coupons.list().data[0].id == quarter.id
    code = codes.create({"promotion": {"type": "coupon", "coupon": quarter.id}})
    shown = codes.retrieve(code.id, {"expand": ["promotion.coupon"]})
    assert shown.promotion.coupon.percent_off == 25
    assert codes.list({"code": code.code.lower()}).data[0].id == code.id
    assert not codes.update(code.id, {"active": False}).active
    assert coupons.delete(quarter.id).deleted

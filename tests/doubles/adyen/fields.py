"""The browser library of the played Adyen, as much of it as its page on the Card Component shows.

`AdyenWeb` has `AdyenCheckout` and `Card`. What is typed in stays in a frame of its own, and leaves
that in a form that only the played Adyen reads.
"""

import base64

_ENCRYPTED = "adyenjs_0_1_25$"

_LIBRARY = """
(() => {
const origin = new URL(document.currentScript.src).origin;
const needs = (given, names) => names.forEach((name) => {
  if (!given[name]) throw new Error(`You must specify a ${name}`);
});
class Card {
  constructor(checkout, props) { this.props = props; this.state = {}; this.isValid = false; }
  mount(place) {
    const frame = document.createElement('iframe');
    frame.src = `${origin}/sdk/field.html`;
    frame.title = 'Card';
    frame.style.cssText = 'border:0;width:100%;height:140px';
    window.addEventListener('message', ({ origin: from, data }) => {
      if (from !== origin) return;
      if (data === 'ready') { this.props.onConfigSuccess({ iframesConfigured: true }); return; }
      this.state = data;
      this.isValid = Object.values(data).length === 4 && Object.values(data).every(Boolean);
      this.props.onChange({ isValid: this.isValid, data: this.data }, this);
    });
    place.append(frame);
    return this;
  }
  showValidation() { return this; }
  get data() {
    const more = { type: 'scheme', brand: 'visa', checkoutAttemptId: 'played' };
    const browserInfo = { userAgent: navigator.userAgent };
    return { paymentMethod: { ...more, ...this.state }, browserInfo, origin: location.origin };
  }
}
window.AdyenWeb = {
  Card,
  AdyenCheckout: async (given) => {
    needs(given, ['clientKey', 'environment', 'countryCode']);
    return { options: given };
  },
};
})();
"""
_FRAME = """<!doctype html><html lang="en"><title>Card</title><body>
<label>Card number <input id="number"></label><br>
<label>Expiry date <input id="expiry"></label><br>
<label>Security code <input id="code"></label>
<script>
const seal = (text) => text && '%s' + btoa(text);
const value = (id) => document.getElementById(id).value.replace(/ /g, '');
document.addEventListener('input', () => {
  const [month = '', year = ''] = value('expiry').split('/');
  parent.postMessage({
    encryptedCardNumber: value('number').length > 13 && seal(value('number')),
    encryptedExpiryMonth: seal(month), encryptedExpiryYear: year && seal('20' + year),
    encryptedSecurityCode: seal(value('code')),
  }, '*');
});
parent.postMessage('ready', '*');
</script></body></html>"""
# Path → type, and what is served there to browsers.
FILES = {
    "/sdk/adyen.js": ("text/javascript", _LIBRARY.encode()),
    "/sdk/adyen.css": ("text/css", b""),
    "/sdk/field.html": ("text/html; charset=utf-8", (_FRAME % _ENCRYPTED).encode()),
}


def unseal(text: str) -> str:
    """Return what stands for a text in a payment of the test platform; others as they are."""
    if not text.startswith(_ENCRYPTED):
        return text
    return f"test_{base64.b64decode(text.removeprefix(_ENCRYPTED)).decode()}"

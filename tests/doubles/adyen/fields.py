"""The browser library of the played Adyen, as much of it as its page on the Card Component shows.

`AdyenWeb` has `AdyenCheckout` and `Card`, whose words whoever uses them can replace. What is typed
in stays in a frame of its own, and leaves that in a form that only the played Adyen reads.
"""

import base64

_ENCRYPTED = "adyenjs_0_1_25$"

_LIBRARY = """
(() => {
const origin = new URL(document.currentScript.src).origin;
const ENGLISH = {
  'creditCard.cardNumber.label': 'Card number', 'creditCard.expiryDate.label': 'Expiry date',
  'creditCard.securityCode.label': 'Security code',
};
// Of the languages that the library has itself, as many as are played.
const KNOWN = ['de-DE', 'en-US', 'fr-FR', 'nl-NL'];
const needs = (given, names) => names.forEach((name) => {
  if (!given[name]) throw new Error(`You must specify a ${name}`);
});
class Card {
  constructor(checkout, props) {
    this.props = props; this.state = {}; this.isValid = false;
    this.words = checkout.words;
  }
  mount(place) {
    const frame = document.createElement('iframe');
    frame.src = `${origin}/sdk/field.html#${encodeURIComponent(JSON.stringify(this.words))}`;
    frame.title = this.words['creditCard.cardNumber.label'];
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
    const { locale = 'en-US', translations = {} } = given;
    const isKnown = [...KNOWN, ...Object.keys(translations)].includes(locale);
    return { options: given, words: { ...ENGLISH, ...(isKnown ? translations[locale] : {}) } };
  },
};
})();
"""
_FRAME = """<!doctype html><html lang="en"><title>Card</title><body>
<label><span></span> <input id="number"></label><br>
<label><span></span> <input id="expiry"></label><br>
<label><span></span> <input id="code"></label>
<script>
const words = JSON.parse(decodeURIComponent(location.hash.slice(1)));
['cardNumber', 'expiryDate', 'securityCode'].forEach((name, place) => {
  document.querySelectorAll('label span')[place].textContent = words[`creditCard.${name}.label`];
});
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

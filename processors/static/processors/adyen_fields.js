// Shows Adyen's own card fields, and hands on what they encrypt of what is typed into them.

/** What Rialto takes of a card: Adyen's fields tell more of the page than a payment needs. */
const PARTS = ['encryptedCardNumber', 'encryptedExpiryMonth', 'encryptedExpiryYear', 'encryptedSecurityCode', 'holderName', 'brand'];
const BRANDS = ['visa', 'mc', 'amex', 'discover', 'diners', 'jcb', 'maestro', 'cup'];
/** Adyen wants a country, which decides nothing about cards: its own where the payer's is not known. */
const COUNTRY = 'NL';
const WORDS = {
  en: 'Check the number, the date and the security code of the card.',
  th: 'โปรดตรวจสอบหมายเลขบัตร วันหมดอายุ และรหัสความปลอดภัย',
};

/**
 * Show the fields.
 *
 * @param {HTMLElement} place Where they stand.
 * @param {any} settings `library`, `styles`, `client_key`, `environment`, and `locale` of the page.
 * @param {(event: string, details?: object) => void} hear Takes `ready`, `change`, `focus`, `blur`, `loaderror`.
 */
export async function mount(place, settings, hear) {
  const styles = document.createElement('link');
  Object.assign(styles, { rel: 'stylesheet', href: settings.styles });
  document.head.append(styles);
  await load(settings.library);
  const { AdyenCheckout, Card } = /** @type {any} */ (window).AdyenWeb;
  const checkout = await AdyenCheckout({
    clientKey: settings.client_key, environment: settings.environment, locale: 'en-US', countryCode: COUNTRY,
    analytics: { enabled: false },
  });
  let isTouched = false;
  const card = new Card(checkout, {
    brands: BRANDS, hasHolderName: false, showPayButton: false,
    onConfigSuccess: () => hear('ready'),
    onChange: ({ isValid, data }) => {
      isTouched = true;
      hear('change', { empty: false, complete: Boolean(isValid), brand: data?.paymentMethod?.brand });
    },
    onFocus: ({ focus }) => hear(focus ? 'focus' : 'blur'),
    onError: ({ message }) => hear('loaderror', { error: { type: 'api_error', code: 'card_fields_unavailable', message } }),
  });
  card.mount(place);
  return {
    async make() {
      if (!isTouched || !card.isValid) {
        card.showValidation();
        const message = settings.locale.startsWith('th') ? WORDS.th : WORDS.en;
        return { error: { type: 'validation_error', code: 'incomplete_number', message } };
      }
      const { paymentMethod, browserInfo } = card.data;
      const kept = Object.fromEntries(PARTS.filter((part) => paymentMethod[part]).map((part) => [part, paymentMethod[part]]));
      return { token: JSON.stringify({ paymentMethod: kept, browserInfo }) };
    },
    update() {},
    focus() {},
    blur() {},
    clear() {},
  };
}

function load(address) {
  return new Promise((done, fail) => {
    const library = document.createElement('script');
    library.src = address;
    library.onload = done;
    library.onerror = fail;
    document.head.append(library);
  });
}

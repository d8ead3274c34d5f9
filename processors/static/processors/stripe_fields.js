// Shows Stripe's own card fields, and has Stripe make a payment method of what is typed into them.

/**
 * Show the fields.
 *
 * @param {HTMLElement} place Where they stand.
 * @param {any} settings `library`, `publishable_key`, and `locale`, `color`, `hasPostalCode` of the page.
 * @param {(event: string, details?: object) => void} hear Takes `ready`, `change`, `focus`, `blur`, `escape`, `loaderror`.
 */
export async function mount(place, settings, hear) {
  await load(settings.library);
  const there = window.Stripe(settings.publishable_key, { locale: settings.locale });
  const card = there.elements({ locale: settings.locale }).create('card', {
    // Asked once: the page around has the address, or these fields ask for the code.
    hidePostalCode: Boolean(settings.hasPostalCode),
    disabled: Boolean(settings.disabled),
    style: { ...settings.style, base: { fontSize: '16px', color: settings.color, ...settings.style?.base } },
  });
  card.on('ready', () => hear('ready'));
  card.on('change', ({ empty, complete, error, brand }) => {
    hear('change', { empty, complete, brand, error: error && pick(error) });
  });
  for (const event of ['focus', 'blur', 'escape']) card.on(event, () => hear(event));
  card.on('loaderror', ({ error }) => hear('loaderror', { error: pick(error) }));
  card.mount(place);
  return {
    /** @param {object} [billing] What the page knows of the payer, in the words of the wire. */
    async make(billing = {}) {
      const { paymentMethod, error } = await there.createPaymentMethod({ type: 'card', card, billing_details: billing });
      return error ? { error: pick(error) } : { token: paymentMethod.id };
    },
    update: ({ disabled }) => card.update({ disabled }),
    focus: () => card.focus(),
    blur: () => card.blur(),
    clear: () => card.clear(),
  };
}

/** Keep of an error what may be shown and sent on. */
const pick = ({ type, code, decline_code: declineCode, message }) => ({ type, code, decline_code: declineCode, message });

function load(address) {
  return new Promise((done, fail) => {
    const library = document.createElement('script');
    library.src = address;
    library.onload = done;
    library.onerror = fail;
    document.head.append(library);
  });
}

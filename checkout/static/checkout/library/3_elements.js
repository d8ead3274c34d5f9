/** What each element shows: `fields` are drawn by its frame, and `null` draws nothing. */
const ELEMENTS = {
  payment: { title: 'Payment' },
  card: { title: 'Card', isClassic: true },
  cardNumber: { title: 'Card number', isClassic: true },
  cardExpiry: { title: 'Expiration date', isClassic: true },
  cardCvc: { title: 'Security code', isClassic: true },
  iban: { title: 'IBAN', isClassic: true },
  address: { title: 'Address' },
  linkAuthentication: { title: 'Email' },
  contactDetails: { title: 'Email', drawnAs: 'linkAuthentication' },
  expressCheckout: null,
  currencySelector: null,
  paymentRequestButton: null,
};
const CLASSES = {
  base: 'StripeElement', complete: 'StripeElement--complete', empty: 'StripeElement--empty',
  focus: 'StripeElement--focus', invalid: 'StripeElement--invalid',
};
/** Events that are handed to the page as they come from the frame. */
const EVENTS = new Set([
  'ready', 'change', 'focus', 'blur', 'escape', 'loaderror', 'loaderstart', 'savedpaymentmethodremove',
]);

/** Whoever can be listened to. */
class Emitter {
  #listeners = new Map();

  /** @param {string} event @param {(event: any) => void} listener */
  on(event, listener) {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), { listener }]);
    return this;
  }

  /** @param {string} event @param {(event: any) => void} listener */
  once(event, listener) {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), { listener, isOnce: true }]);
    return this;
  }

  /** @param {string} event @param {(event: any) => void} [listener] All of them if left out. */
  off(event, listener) {
    const kept = (this.#listeners.get(event) ?? []).filter((one) => listener && one.listener !== listener);
    this.#listeners.set(event, kept);
    return this;
  }

  emit(event, details) {
    for (const one of this.#listeners.get(event) ?? []) {
      if (one.isOnce) this.off(event, one.listener);
      try {
        one.listener(details);
      } catch (error) {
        // The listener is the page's: its mistakes are reported as such, and end nothing of ours.
        setTimeout(() => { throw error; });
      }
    }
  }
}

/** A part of a payment form. */
class FormElement extends Emitter {
  /**
   * @param {Elements} group Whose it is.
   * @param {string} type A key of `ELEMENTS`.
   * @param {object} options As the page gave them.
   */
  constructor(group, type, options) {
    super();
    this._group = group;
    this._type = type;
    this._options = { ...options };
    this._state = { empty: true, complete: false, value: {} };
    this._isDestroyed = false;
  }

  /** @param {string | HTMLElement} place A selector, or the element to mount in. */
  mount(place) {
    if (this._isDestroyed) {
      throw new IntegrationError('This element has been destroyed. Create a new one.');
    }
    const container = typeof place === 'string' ? document.querySelector(place) : place;
    if (!container) throw new IntegrationError(`There is no element '${place}' to mount in.`);
    this.unmount();
    this._container = container;
    if (!ELEMENTS[this._type]) {
      queueMicrotask(() => this._emit('ready', { availablePaymentMethods: undefined }));
      return;
    }
    this._frame = new Frame(this._group._client, this._settings(), (message) => this._hear(message));
    container.replaceChildren(this._frame.element);
    this._show();
    this._emit('loaderstart');
    if (this._type === 'payment') this._group._tellTypes();
  }

  unmount() {
    this._frame?.remove();
    this._frame = undefined;
    this._container?.classList.remove(...Object.values(CLASSES));
    this._container = undefined;
  }

  destroy() {
    this.unmount();
    this._isDestroyed = true;
    this._group._forget(this);
  }

  /** @param {object} options What changes. */
  update(options) {
    Object.assign(this._options, options);
    this._frame?.update({ options: toMessage(options) });
    return this;
  }

  focus() { this._frame?.ask('focus'); }

  blur() { this._frame?.ask('blur'); }

  clear() { this._frame?.ask('clear'); }

  /** Show less; every method stays in sight here. */
  collapse() { return this; }

  /**
   * Return what an address element holds.
   *
   * @returns {Promise<any>}
   */
  async getValue() {
    const state = this._frame ? await this._frame.ask('value') : this._state;
    return { complete: Boolean(state.complete), isNewAddress: true, value: state.value };
  }

  _settings() {
    const { title, drawnAs } = /** @type {{title: string, drawnAs?: string}} */ (ELEMENTS[this._type]);
    return {
      type: drawnAs ?? this._type, title, group: this._group._id, version: this._group._client.version,
      options: toMessage(this._options), ...this._group._shared(),
    };
  }

  _hear(message) {
    const { event, ...details } = message;
    if (event === 'change') this._state = details;
    if (event === 'focus' || event === 'blur') this._isFocused = event === 'focus';
    if (event === 'loaderror') {
      this._frame?.fail(details.error);
      console.error(`Rialto: ${details.error.message}`);
    }
    this._show();
    if (EVENTS.has(event)) this._emit(event, event === 'change' ? shownChange(this._type, details) : details);
  }

  _emit(event, details = {}) { this.emit(event, { elementType: this._type, ...details }); }

  /** Tell the page's own style how the element is doing, by classes of its container. */
  _show() {
    if (!this._container || !ELEMENTS[this._type]?.isClassic) return;
    const names = { ...CLASSES, ...this._options.classes };
    const { empty, complete, error } = this._state;
    this._container.classList.add(names.base);
    for (const [name, holds] of Object.entries({ complete, empty, focus: this._isFocused, invalid: error })) {
      this._container.classList.toggle(names[name], Boolean(holds));
    }
  }
}

/** Keep of a change what the page is told. */
function shownChange(type, { empty, complete, error, value, brand, country, isNewAddress }) {
  if (type === 'payment') return { empty, complete, collapsed: false, value };
  if (type === 'address') return { empty, complete, isNewAddress, value, elementMode: value.mode };
  if (type === 'linkAuthentication' || type === 'contactDetails') return { empty, complete, value };
  if (type === 'iban') return { empty, complete, error, country, bankName: '' };
  const isNumber = type === 'card' || type === 'cardNumber';
  return {
    empty, complete, error,
    ...(isNumber ? { brand } : {}),
    ...(type === 'card' ? { value } : {}),
  };
}

/** Leave out what cannot be sent to a frame, such as functions. */
const toMessage = (options) => JSON.parse(JSON.stringify(options ?? {}));

/** The elements of one form. */
class Elements extends Emitter {
  /**
   * @param {Client} client Whose page it is.
   * @param {any} options With a client secret, or with mode, amount and currency.
   * @param {string} locale Such as `th`; `auto` for the browser's.
   */
  constructor(client, options, locale) {
    super();
    this._client = client;
    this._options = { ...options };
    this._locale = options.locale ?? locale;
    this._id = crypto.randomUUID?.() ?? String(Math.random());
    this._elements = [];
    this._intent = this._find();
  }

  /** @param {string} type A key of `ELEMENTS`. @param {any} [options] */
  create(type, options = {}) {
    const kind = type === 'shippingAddress' ? 'address' : type;
    if (!(kind in ELEMENTS)) throw new UnsupportedError(`the element '${type}'`);
    const given = type === 'shippingAddress' ? { mode: 'shipping', ...options } : options;
    if (kind === 'address' && !['shipping', 'billing'].includes(given.mode)) {
      throw new IntegrationError("An address element needs options.mode: 'shipping' or 'billing'.");
    }
    const isThere = this._elements.some(
      (one) => one._type === kind && (kind !== 'address' || one._options.mode === given.mode),
    );
    if (isThere) throw new IntegrationError(`There is an element '${type}' already: a form has one of each.`);
    const element = new FormElement(this, kind, given);
    this._elements.push(element);
    return element;
  }

  /** @param {any} wanted A type, or React's component for it. @param {{mode?: string}} [options] */
  getElement(wanted, options = {}) {
    const type = typeof wanted === 'string' ? wanted : wanted?.__elementType;
    const matches = (one) => one._type === type && (!options.mode || one._options.mode === options.mode);
    return this._elements.find(matches) ?? null;
  }

  /** @param {any} options What changes: the amount, the currency, the appearance. */
  async update(options) {
    Object.assign(this._options, options);
    if (options.locale) this._locale = options.locale;
    this._intent = this._find();
    const shared = toMessage(this._shared());
    for (const element of this._elements) element._frame?.update(shared);
    this._tellTypes();
  }

  /** Read the intent anew, after the server changed it. */
  async fetchUpdates() {
    this._intent = this._find();
    const found = await this._intent;
    this._tellTypes();
    return found.error ? { error: { message: found.error.message, status: found.error.code } } : {};
  }

  /** Check the form before the server makes an intent. */
  async submit() {
    for (const element of this._elements) {
      const checked = element._frame ? await element._frame.ask('check') : {};
      if (checked.error) return { error: checked.error };
    }
    const payment = this.getElement('payment');
    this._isSubmitted = true;
    return payment ? { selectedPaymentMethod: payment._state.value.type ?? 'card' } : {};
  }

  _forget(element) { this._elements = this._elements.filter((one) => one !== element); }

  /** What every frame is told besides its own options. */
  _shared() {
    const { appearance = {}, currency, mode, fonts } = this._options;
    if (fonts?.length && !this._hasWarned) {
      this._hasWarned = true;
      console.warn('Rialto: fonts are not loaded into payment fields. Name a font that payers have.');
    }
    return toMessage({ appearance, currency, mode, locale: this._locale });
  }

  /** Find out how can be paid, and by which methods that the customer has saved. */
  async _find() {
    const found = await this._findTypes();
    const secret = this._options.customerSessionClientSecret;
    if (found.error || !secret) return found;
    const of = { mode: 'setup', customer_session_client_secret: secret };
    const session = await this._client.send('GET', 'elements/sessions', of);
    if (session.error) return session;
    const { saved_payment_methods: saved, payment_method_save: asks, payment_method_save_usage: usage } = session;
    const removes = session.payment_method_remove === 'enabled' && of.customer_session_client_secret;
    const { clientSecret, mode } = this._options;
    const isSetup = mode === 'setup' || (clientSecret && readSecret(clientSecret).kind === 'setup_intent');
    // What is set up is saved anyway.
    const saving = asks === 'enabled' && !isSetup ? { usage: usage ?? 'on_session' } : undefined;
    return { ...found, saved, saving, removal: removes && { customer_session_client_secret: removes } };
  }

  /** For what the payer wants to keep a method that was just made; nothing if it does not want that. */
  async _usageOf(made) {
    const { saved = [], saving } = await this._intent;
    const isNew = made.allow_redisplay === 'always' && !saved.some(({ id }) => id === made.id);
    return isNew ? saving?.usage : undefined;
  }

  /** Find out how can be paid: of the intent, or of what it is to be. */
  async _findTypes() {
    const { clientSecret, mode, types } = this._options;
    // Of a checkout session, which is asked for its types anyway.
    if (types) return types;
    const named = this._options.paymentMethodTypes ?? this._options.payment_method_types;
    if (clientSecret) {
      const kind = readSecret(clientSecret).kind === 'setup_intent' ? 'setup' : 'payment';
      return this.#ask({ mode: kind, client_secret: clientSecret });
    }
    if (!mode) return { types: ['card'] };
    return this.#ask({
      mode, amount: this._options.amount, currency: this._options.currency,
      capture_method: this._options.captureMethod ?? this._options.capture_method,
      setup_future_usage: this._options.setupFutureUsage ?? this._options.setup_future_usage,
      payment_method_configuration:
        this._options.paymentMethodConfiguration ?? this._options.payment_method_configuration,
    }, named);
  }

  /** Ask how can be paid, and whose card fields are shown. @param {object} about @param {string[]} [named] */
  async #ask(about, named) {
    const session = await this._client.send('GET', 'elements/sessions', about);
    // Whoever names the types needs no answer for them.
    if (session.error) return named ? { types: named } : session;
    return { types: named ?? session.payment_method_types, cards: session.card_fields };
  }

  /** Tell the payment element how can be paid. */
  async _tellTypes() {
    const found = await this._intent;
    const element = this.getElement('payment');
    if (found.error) element?._hear({ event: 'loaderror', error: found.error });
    else element?._frame?.update(found);
  }

  /**
   * Have the form's frame make something of what the payer typed in.
   *
   * @param {string} path Such as `payment_methods`.
   * @param {object} params Besides what was typed in.
   * @param {FormElement} [element] Which; that of the form if left out.
   */
  async _make(path, params, element) {
    const names = ['payment', 'card', 'cardNumber', 'iban'];
    const from = element ?? names.map((name) => this.getElement(name)).find(Boolean);
    if (!from?._frame) {
      throw new IntegrationError('There is no mounted element that a payer could have typed in.');
    }
    return from._frame.ask('make', { path, params: toMessage(params) });
  }

  /** Return the billing details and the shipping address that other elements hold. */
  async _details() {
    const found = { billing: {}, shipping: undefined };
    for (const element of this._elements) {
      if (!element._frame || !['address', 'contactDetails', 'linkAuthentication'].includes(element._type)) continue;
      const { value = {} } = await element._frame.ask('value');
      if (element._type !== 'address') {
        if (value.email) found.billing.email = value.email;
      } else if (element._options.mode === 'shipping') {
        found.shipping = { name: value.name, phone: value.phone, address: value.address };
      } else {
        Object.assign(found.billing, { name: value.name, phone: value.phone, address: value.address });
      }
    }
    return found;
  }
}

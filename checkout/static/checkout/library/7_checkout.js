/** An e-mail address, as far as a page can tell. */
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
/** What a checkout's page makes, by method: the element, and where of there are two, its mode. */
const CREATED = {
  PaymentElement: ['payment'],
  BillingAddressElement: ['address', 'billing'],
  ShippingAddressElement: ['address', 'shipping'],
  ExpressCheckoutElement: ['expressCheckout'],
  CurrencySelectorElement: ['currencySelector'],
  ContactDetailsElement: ['contactDetails'],
};
const NOT_CREATED = ['TaxIdElement', 'TermsElement', 'LinkSignupElement'];

/** Write the keys of an answer as pages have them. @param {any} value @returns {any} */
function camel(value) {
  if (Array.isArray(value)) return value.map(camel);
  if (value === null || typeof value !== 'object') return value;
  const rename = (key) => key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [rename(key), camel(part)]));
}

/** A contact whose address keeps the names of the wire. @param {any} contact */
const copyContact = (contact) => contact && { name: contact.name ?? null, address: { ...contact.address } };

/** A saved method whose billing details keep the names of the wire. @param {any} method */
const copySaved = (method) => ({ ...camel(method), billingDetails: method.billing_details });

/** A checkout session that the merchant's page shows itself, with elements of ours. */
class Checkout extends Emitter {
  /**
   * @param {Client} client Whose page it is.
   * @param {any} options As `initCheckoutElementsSdk` takes them.
   * @param {string} locale Of the page.
   */
  constructor(client, options, locale) {
    super();
    const { clientSecret, fetchClientSecret, elementsOptions = {}, defaultValues = {} } = options;
    if (!clientSecret && !fetchClientSecret) throw new IntegrationError('Give the clientSecret of a Checkout Session.');
    this._client = client;
    this._payments = new Payments(client, locale);
    this._given = {
      email: defaultValues.email ?? null, phoneNumber: defaultValues.phoneNumber ?? null,
      billingAddress: copyContact(defaultValues.billingAddress) ?? null,
      shippingAddress: copyContact(defaultValues.shippingAddress) ?? null,
      individualName: null, businessName: null,
    };
    this._secret = Promise.resolve(clientSecret ?? fetchClientSecret());
    this._loaded = this.#load();
    const { appearance, fonts, savedPaymentMethod } = elementsOptions;
    this._showsSaved = savedPaymentMethod?.enableRedisplay !== 'never';
    this._elements = new Elements(client, { appearance, fonts, types: this.#types() }, locale);
  }

  async #load() {
    try {
      this._answer = await readSession(this._client, await this._secret);
      const { id, ui_mode: mode } = this._answer;
      if (mode === 'elements') return {};
      return { error: { message: `${id} has ui_mode ${mode}. Make a session with ui_mode elements.`, code: null } };
    } catch (error) {
      return { error: { message: error.message, code: null } };
    }
  }

  async #types() {
    const { error } = await this._loaded;
    return error
      ? { error: makeError('invalid_request_error', 'checkout_not_loaded', error.message) }
      : {
        types: this._answer.payment_method_types, saved: this._showsSaved ? this._answer.saved_payment_methods : [],
        cards: this._answer.card_fields,
        removal: this._answer.payment_method_remove === 'enabled' && { checkout_session_client_secret: await this._secret },
      };
  }

  /** The session as the page sees it, with what the payer has typed into the page. */
  get session() {
    const shown = camel(this._answer.session);
    const { individualName, businessName, ...given } = this._given;
    const names = individualName || businessName ? { individualName, businessName } : null;
    const saved = this._answer.session.saved_payment_methods;
    return {
      ...shown, ...given, savedPaymentMethods: saved && saved.map(copySaved), email: given.email ?? shown.email, businessName, nameCollection: names,
      canConfirm: this.#canConfirm(shown),
    };
  }

  #canConfirm({ status, email }) {
    const { collects } = this._answer;
    const { phoneNumber, billingAddress, shippingAddress } = this._given;
    const payment = this._elements.getElement('payment');
    return status.type === 'open'
      && (!collects.email || Boolean(this._given.email ?? email))
      && (!collects.phone || Boolean(phoneNumber))
      && (!collects.billing_address || Boolean(billingAddress))
      && (!collects.shipping_address || Boolean(shippingAddress))
      && (!collects.payment_method || Boolean(payment?._state.complete));
  }

  #tell() {
    if (!this._answer?.session) return;
    const session = this.session;
    const text = JSON.stringify(session);
    if (text === this._told) return;
    this._told = text;
    this.emit('change', session);
  }

  #succeed() {
    this.#tell();
    return { type: 'success', session: this.session };
  }

  /** Ask the server for a change, and take over what the session is then. */
  async #ask(path, params) {
    const secret = await this._secret;
    const start = readSessionSecret(secret).path;
    const answer = await this._client.send('POST', `${start}${path}`, { ...params, client_secret: secret });
    if (!answer.error) this._answer = answer;
    return answer;
  }

  async change(params, codeOf = (_error) => null) {
    const { error } = await this.#ask('', params);
    if (!error) return this.#succeed();
    return { type: 'error', error: { message: error.message, code: codeOf(error) } };
  }

  /** Return with how many pieces an optional item is taken. @param {string} price */
  offered(price) {
    return this._answer.session.optional_items.find((item) => item.price_id === price)?.quantity ?? 1;
  }

  /** Keep what the payer has typed into the page until it pays. */
  async keep(name, value) {
    this._given[name] = value;
    return this.#succeed();
  }

  async keepEmail(email) {
    if (email && !EMAIL.test(email)) {
      const code = email.includes('@') ? 'invalidEmail' : 'incompleteEmail';
      return { type: 'error', error: { message: `${email} is no e-mail address.`, code } };
    }
    return this.keep('email', email);
  }

  /** Do what changes the session on the server, and read it anew. @param {() => Promise<unknown>} run */
  async runServerUpdate(run) {
    try {
      await run();
      this._answer = await readSession(this._client, await this._secret);
    } catch (error) {
      return { type: 'error', error: { message: error.message, code: null } };
    }
    return this.#succeed();
  }

  async validate() {
    const { error } = await this._elements.submit();
    if (!error) return this.#succeed();
    const { code, message } = error;
    const failure = { code: 'validation_error', message, validation_errors: [{ message, element: 'payment' }] };
    return { type: 'error', error: code ? failure : { ...failure, code: null } };
  }

  /** Have the session paid, and go to `returnUrl` unless that is not wanted. @param {any} [options] */
  async confirm(options = {}) {
    if (options.savePaymentMethod) throw new UnsupportedError("the option 'savePaymentMethod'");
    const loaded = await this._loaded;
    if (loaded.error) return { type: 'error', error: loaded.error };
    const given = await this.#givenNow(options);
    const method = await this.#method(options, given);
    if (method.error) return failed(method.error);
    const back = options.returnUrl ?? this._answer.return_url;
    const answer = await this.#ask('/confirm', {
      payment_method: method.id, email: given.email, phone: given.phoneNumber, return_url: back,
      billing_address: given.billingAddress, shipping_address: given.shippingAddress,
      individual_name: given.individualName, business_name: given.businessName,
      expected_amount: this._answer.session.total.total.minor_units_amount,
    });
    if (answer.error) {
      await this.#refresh();
      return failed(answer.error);
    }
    const acted = await this.#act();
    if (acted.error) return failed(acted.error);
    if (options.redirect === 'if_required' || !back) return this.#succeed();
    window.location.assign(back);
    return new Promise(() => {});
  }

  /** What the payer has said, here and in the elements. */
  async #givenNow({ email, phoneNumber, billingAddress, shippingAddress }) {
    const { billing, shipping } = await this._elements._details();
    const address = billing.address && { name: billing.name, address: billing.address };
    const kept = this._given;
    return {
      ...kept, email: email ?? kept.email ?? billing.email,
      phoneNumber: phoneNumber ?? kept.phoneNumber ?? billing.phone ?? shipping?.phone,
      billingAddress: billingAddress ?? address ?? kept.billingAddress,
      shippingAddress: shippingAddress ?? (shipping && { name: shipping.name, address: shipping.address })
        ?? kept.shippingAddress,
    };
  }

  async #method({ paymentMethod }, { email, phoneNumber, billingAddress }) {
    if (paymentMethod) return { id: paymentMethod };
    if (!this._answer.collects.payment_method) return {};
    const checked = await this._elements.submit();
    if (checked.error) return checked;
    const details = toMessage({
      email: email ?? this._answer.session.email ?? undefined, phone: phoneNumber ?? undefined,
      name: billingAddress?.name ?? undefined, address: billingAddress?.address,
    });
    return this._payments.makeMethod(this._elements, undefined, { billing_details: details });
  }

  /** Let the payer do what the bank asks, and read what has become of the session. */
  async #act() {
    const { status, intent_secret: secret } = this._answer;
    if (status !== 'open' || !secret) return {};
    const result = await this._payments.handle(secret);
    await this.#refresh();
    if (result.error || this._answer.status === 'complete') return result;
    const message = 'The bank has been asked, and has not answered yet. Read the session before paying again.';
    return { error: makeError('api_error', 'payment_not_finished', message) };
  }

  async #refresh() {
    try {
      this._answer = await readSession(this._client, await this._secret);
    } catch {
      // What was known before stays: the next question says what is the matter.
    }
    this.#tell();
  }

  /** Make an element of the page, and keep what is typed into it. */
  create(type, mode, options = {}) {
    const element = this._elements.create(type, mode ? { ...options, mode } : options);
    element.on('change', ({ complete, value }) => {
      if (type === 'contactDetails' && complete) this._given.email = value.email;
      if (mode) this._given[`${mode}Address`] = complete ? copyContact(value) : null;
      this.#tell();
    });
    return element;
  }
}

/** @param {any} error The wire's. */
function failed({ type, message, decline_code: declineCode = null }) {
  if (type !== 'card_error') return { type: 'error', error: { message, code: null } };
  return { type: 'error', error: { message, code: 'paymentFailed', paymentFailed: { declineCode } } };
}

/** @param {any} error The wire's, of a promotion code. */
function codeOfPromotion({ code, param }) {
  if (code === 'amount_too_small') return 'promotionCodeAmountInsufficient';
  return param === 'promotion_code' ? 'invalidCode' : null;
}

/** What pages do with a session. @param {Checkout} checkout */
const actionsOf = (checkout) => ({
  getSession: () => checkout.session,
  confirm: (options) => checkout.confirm(options),
  applyPromotionCode: (code) => checkout.change({ promotion_code: code }, codeOfPromotion),
  removePromotionCode: () => checkout.change({ promotion_code: '' }),
  updateLineItemQuantity: ({ lineItem, quantity }) => checkout.change({ line_items: [{ id: lineItem, quantity }] }),
  updateShippingOption: (id) => checkout.change({ shipping_rate: id }),
  addOptionalLineItem: (price) => checkout.change({ optional_items: [{ price, quantity: checkout.offered(price) }] }),
  removeOptionalLineItem: (price) => checkout.change({ optional_items: [{ price, quantity: 0 }] }),
  updateEmail: (email) => checkout.keepEmail(email),
  updatePhoneNumber: (number) => checkout.keep('phoneNumber', number),
  updateBillingAddress: (contact) => checkout.keep('billingAddress', copyContact(contact)),
  updateShippingAddress: (contact) => checkout.keep('shippingAddress', copyContact(contact)),
  updateIndividualName: (name) => checkout.keep('individualName', name),
  updateBusinessName: (name) => checkout.keep('businessName', name),
  updateTaxIdInfo: () => Promise.reject(new UnsupportedError("the method 'updateTaxIdInfo'")),
  runServerUpdate: (run) => checkout.runServerUpdate(run),
  validateElements: () => checkout.validate(),
});

/**
 * Start a checkout of the page's own.
 *
 * @param {Client} client Whose page it is.
 * @param {any} options As `initCheckoutElementsSdk` takes them.
 * @param {string} locale Of the page.
 * @returns {any} Functions of its own, which React's package copies.
 */
function initCheckout(client, options, locale) {
  const checkout = new Checkout(client, options, locale);
  const elements = checkout._elements;
  const sdk = {
    on: (event, listener) => { checkout.on(event, listener); },
    loadActions: async () => {
      const { error } = await checkout._loaded;
      return error ? { type: 'error', error } : { type: 'success', actions: actionsOf(checkout) };
    },
    changeAppearance: (appearance) => { elements.update({ appearance }); },
    loadFonts: (fonts) => { elements.update({ fonts }); },
  };
  for (const [name, [type, mode]] of Object.entries(CREATED)) {
    sdk[`create${name}`] = (given) => checkout.create(type, mode, given);
    sdk[`get${name}`] = () => elements.getElement(type, { mode });
  }
  for (const name of NOT_CREATED) {
    sdk[`create${name}`] = () => { throw new UnsupportedError(`the element '${name}'`); };
    sdk[`get${name}`] = () => null;
  }
  return sdk;
}

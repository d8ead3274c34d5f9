/** Names that pages call as methods: what is missing among them rejects by its name. */
const METHOD_NAME = /^(collect|confirm|create|handle|init|process|redirect|retrieve|verify)[A-Z]\w*$/;

/** Those of them whose callers use at once what they return, instead of waiting: they throw. */
const USED_AT_ONCE = new Set(['initCheckoutFormSdk']);

/** The object that `Stripe(key)` returns. */
class Library {
  /** @param {string} key The publishable key. @param {any} options As the page gave them. */
  constructor(key, options) {
    if (typeof key !== 'string' || !key.startsWith('pk_')) {
      throw new IntegrationError(
        'Stripe() takes a publishable key, which begins with pk_. Never put another key into a page.',
      );
    }
    this._client = new Client(key, options);
    this._locale = options.locale ?? 'auto';
    this._payments = new Payments(this._client, this._locale);
    /** @type {string[]} Who wraps this object, such as React's package. */
    this._wrappers = [];
  }

  _registerWrapper({ name, version }) { this._wrappers.push(`${name}/${version}`); }

  registerAppInfo({ name, version }) { this._wrappers.push(`${name}/${version}`); }

  elements(options = {}) { return new Elements(this._client, options, this._locale); }

  confirmPayment(options) { return this._payments.confirmForm(options, 'payment_intent'); }

  confirmSetup(options) { return this._payments.confirmForm(options, 'setup_intent'); }

  confirmCardPayment(secret, data, options) {
    return this._payments.confirmType('card', 'payment_intent', secret, data, options);
  }

  confirmCardSetup(secret, data, options) {
    return this._payments.confirmType('card', 'setup_intent', secret, data, options);
  }

  /** @param {{clientSecret?: string, hashedValue?: string}} options */
  async handleNextAction({ clientSecret }) {
    if (clientSecret) return this._payments.handle(clientSecret);
    return { error: unsupported('Give the client secret of the intent instead of a hashed value.') };
  }

  handleCardAction(secret) { return this._payments.handle(secret); }

  handleCardPayment(secret, ...more) { return this.confirmCardPayment(secret, ...more); }

  handleCardSetup(secret, ...more) { return this.confirmCardSetup(secret, ...more); }

  retrievePaymentIntent(secret) { return this._payments.retrieve(secret); }

  retrieveSetupIntent(secret) { return this._payments.retrieve(secret); }

  createPaymentMethod(given, element, data) {
    return this._payments.createMethod(given, element, data);
  }

  createToken(given, data) { return this._payments.createToken(given, data); }

  createConfirmationToken(options) { return this._payments.createConfirmationToken(options); }

  initCheckoutElementsSdk(options) { return initCheckout(this._client, options, this._locale); }

  initCheckout(options) { return initCheckout(this._client, options, this._locale); }

  redirectToCheckout(options) { return goToSession(this._client, options); }

  createEmbeddedCheckoutPage(options) { return EmbeddedCheckout.create(this._client, options); }

  initEmbeddedCheckout(options) { return EmbeddedCheckout.create(this._client, options); }

  /** Wallets of browsers: there are none, which is what pages hear. */
  paymentRequest() { return new NoWallet(); }
}

const KINDS = /** @type {const} */ ([['Payment', 'payment_intent'], ['Setup', 'setup_intent']]);
for (const [name, type] of Object.entries(CONFIRMED_TYPES)) {
  for (const [word, kind] of KINDS) {
    Library.prototype[`confirm${name}${word}`] = function confirm(secret, data, options) {
      return this._payments.confirmType(type, kind, secret, data, options);
    };
  }
}

/** What `paymentRequest()` returns where no wallet can pay. */
class NoWallet extends Emitter {
  async canMakePayment() { return null; }

  isShowing() { return false; }

  show() {
    throw new IntegrationError('Ask canMakePayment() first: there is no wallet here.');
  }

  abort() {}

  update() {}
}

/**
 * @typedef {{
 *   [Name in keyof typeof CONFIRMED_TYPES as `confirm${Name}Payment` | `confirm${Name}Setup`]:
 *     (secret: string, data?: any, options?: any) => Promise<any>
 * }} Confirmations
 */

/**
 * Start the library.
 *
 * @param {string} key The publishable key.
 * @param {any} [options] `stripeAccount`, `apiVersion`, `locale`.
 * @returns {Library & Confirmations}
 */
function Rialto(key, options = {}) {
  const library = /** @type {Library & Confirmations} */ (new Library(key, options));
  return new Proxy(library, {
    get(target, name) {
      if (name in target || typeof name !== 'string' || !METHOD_NAME.test(name)) return target[name];
      const error = new UnsupportedError(`the method '${name}'`);
      return () => {
        if (USED_AT_ONCE.has(name)) throw error;
        return Promise.reject(error);
      };
    },
  });
}
Rialto.version = RELEASE_TRAIN;

Object.assign(window, { Stripe: Rialto, Rialto });

/** Ways to change an order from outside of its page: Rialto's page asks the payer itself. */
const NOT_EMBEDDED = ['onLineItemsChange', 'onShippingDetailsChange'];

/**
 * Tell of which checkout session a client secret is.
 *
 * @param {string} secret `cs_…_secret_…`.
 */
function readSessionSecret(secret) {
  const found = /^(cs_(?:test|live)_\w+?)_secret_\w+$/.exec(String(secret));
  if (!found) throw new IntegrationError(`'${secret}' is not the client secret of a Checkout Session.`);
  return { id: found[1], path: `elements/checkouts/${found[1]}` };
}

/**
 * Read a checkout session by its secret.
 *
 * @param {Client} client Whose page it is.
 * @param {string} secret `cs_…_secret_…`.
 * @returns {Promise<any>} The session as pages see it.
 */
async function readSession(client, secret) {
  const { path } = readSessionSecret(secret);
  const answer = await client.send('GET', path, { client_secret: secret });
  if (answer.error) throw new IntegrationError(answer.error.message);
  return answer;
}

/**
 * Go to a hosted session's page.
 *
 * @param {Client} client Whose page it is.
 * @param {any} options As `redirectToCheckout` takes them.
 * @returns {Promise<any>} `{error}`. Never, where it goes well.
 */
async function goToSession(client, { sessionId, ...others } = {}) {
  if (!sessionId || Object.keys(others).length) {
    throw new UnsupportedError("the method 'redirectToCheckout' without a session of your server's");
  }
  const { error, page, id, status } = await client.send('GET', `elements/checkouts/${encodeURIComponent(sessionId)}`);
  if (error) return { error };
  if (!page) {
    return { error: makeError('invalid_request_error', 'checkout_not_open', `${id} is ${status}. Make a new one.`) };
  }
  window.location.assign(page);
  return new Promise(() => {});
}

/** Up to which width, in pixels, a page is on which device. */
const DEVICES = /** @type {const} */ ([[767, 'mobile'], [1023, 'tablet'], [Infinity, 'desktop']]);

/** Say what the payer looks at the page with. */
function describeDevice() {
  const { innerWidth: width, innerHeight: height } = window;
  const [, category] = DEVICES.find(([most]) => width <= most) ?? DEVICES[2];
  const { language, platform } = navigator;
  return { device: { category, language, platform, viewport: { width, height } } };
}

/** A session's own page, in a frame of the merchant's page. */
class EmbeddedCheckout {
  /**
   * Make one.
   *
   * @param {Client} client Whose page it is.
   * @param {any} options As `createEmbeddedCheckoutPage` takes them.
   * @returns {Promise<EmbeddedCheckout>}
   */
  static async create(client, options = {}) {
    const missed = NOT_EMBEDDED.find((name) => options[name]);
    if (missed) throw new UnsupportedError(`the option '${missed}'`);
    const { clientSecret, fetchClientSecret } = options;
    if (!clientSecret === !fetchClientSecret) {
      throw new IntegrationError('Give one of clientSecret and fetchClientSecret.');
    }
    const session = await readSession(client, clientSecret ?? await fetchClientSecret());
    if (!session.page) {
      throw new IntegrationError(
        `${session.id} has ui_mode ${session.ui_mode}. Make a session with ui_mode embedded_page.`,
      );
    }
    return new EmbeddedCheckout(client, session, options);
  }

  /** @param {Client} client @param {{id: string, page: string}} session @param {any} options */
  constructor(client, session, { onComplete, onAnalyticsEvent }) {
    this._client = client;
    this._address = new URL(session.page);
    this._id = session.id;
    this._onComplete = onComplete;
    this._onAnalyticsEvent = onAnalyticsEvent;
    this._isDestroyed = false;
    this._isComplete = false;
  }

  /** @param {string | HTMLElement} place A selector, or the element to mount in. */
  mount(place) {
    if (this._isDestroyed) throw new IntegrationError('This checkout has been destroyed. Create a new one.');
    const container = typeof place === 'string' ? document.querySelector(place) : place;
    if (!container) throw new IntegrationError(`There is no element '${place}' to mount in.`);
    this.unmount();
    const page = { kind: 'checkout', address: this._address };
    this._frame = new Frame(this._client, { title: 'Checkout' }, (message) => this.#hear(message), page);
    container.replaceChildren(this._frame.element);
  }

  unmount() {
    this._frame?.remove();
    this._frame = undefined;
  }

  destroy() {
    this.unmount();
    this._isDestroyed = true;
  }

  #hear({ event, address, error, method, ...told }) {
    if (event === 'order') this.#hearOrder(told);
    if (event === 'submitted') this.#hearSubmission(method);
    if (event === 'loaderror') console.error(`Rialto: ${error.message}`);
    // Only the page knows that a bank has to be asked which may stand in no frame.
    if (event === 'leave' && new URL(address).origin === this._address.origin) window.location.assign(address);
    if (event !== 'complete' || this._isComplete) return;
    this._isComplete = true;
    if (address) window.location.assign(address);
    else this._onComplete?.();
  }

  /** Take what the page shows, and say what of it is new. @param {any} told */
  #hearOrder({ order, code, failure }) {
    const before = this._order;
    this._order = order;
    if (!before) {
      this.#report('checkoutRendered', order);
      this.#report('deviceData', describeDevice());
    } else if (JSON.stringify(before.items) !== JSON.stringify(order.items)) {
      this.#report('lineItemChange', order);
    }
    if (code && code !== this._code) this.#report('promotionCodeApplied', { code });
    this._code = code;
    // A page that is shown again has failed once.
    if (failure && this._method !== undefined) {
      this.#report('checkoutSubmitFailed', { ...order, paymentMethodType: this._method, failureReason: failure });
      this._method = undefined;
    }
  }

  #hearSubmission(method) {
    this._method = method;
    this.#report('checkoutSubmitted', { ...this._order, paymentMethodType: method });
  }

  #report(eventType, details) {
    const listener = this._onAnalyticsEvent;
    if (!listener) return;
    const timestamp = Math.floor(Date.now() / 1000);
    const event = { checkoutSession: this._id, eventType, details, clientMetadata: {}, timestamp };
    // The listener is the page's: its mistakes end nothing of ours.
    queueMicrotask(() => listener(event));
  }
}

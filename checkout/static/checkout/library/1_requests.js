/** The API version whose objects this library reads, and the train that loaders ask for. */
const API_VERSION = '2026-10-28.endive';
const RELEASE_TRAIN = 'endive';

/** Where this script came from: the API and the frames are there too. */
const ORIGIN = new URL(/** @type {HTMLScriptElement} */ (document.currentScript).src).origin;

/** A mistake of the page that uses the library. */
class IntegrationError extends Error {
  /** @param {string} message What to change. */
  constructor(message) {
    super(message);
    this.name = 'IntegrationError';
  }
}

/** A method or element of the library that Rialto does not have. */
class UnsupportedError extends Error {
  /** @param {string} name Of the method or element. */
  constructor(name) {
    super(`Rialto does not support ${name}. Its guide "Move a page from Stripe.js" says what to use instead.`);
    this.name = 'UnsupportedError';
    this.code = 'not_supported';
    this.method = name;
  }
}

/**
 * Build the wire's error for what the library itself finds out.
 *
 * @param {string} type Such as `validation_error`.
 * @param {string} code A word for programs.
 * @param {string} message A sentence for people.
 * @param {object} [more] Further keys, such as `payment_intent`.
 */
const makeError = (type, code, message, more = {}) => ({ type, code, message, ...more });

/** Whom requests are made for. */
class Client {
  /**
   * @param {string} key The publishable key.
   * @param {{stripeAccount?: string, apiVersion?: string}} options As the page gave them.
   */
  constructor(key, options) {
    this.key = key;
    this.account = options.stripeAccount;
    this.version = options.apiVersion || API_VERSION;
  }

  /**
   * Ask the API; a request without an answer is sent again with the same idempotency key.
   *
   * @param {'GET' | 'POST'} method HTTP's.
   * @param {string} path Such as `payment_intents/pi_1/confirm`.
   * @param {object} [params] As the wire has them.
   * @returns {Promise<any>} The object, or `{error}`.
   */
  async send(method, path, params = {}) {
    const headers = { Authorization: `Bearer ${this.key}`, 'Stripe-Version': this.version };
    if (this.account) headers['Stripe-Account'] = this.account;
    const fields = encode(params);
    const address = new URL(`/v1/${path}`, ORIGIN);
    if (method === 'GET') address.search = fields.toString();
    else headers['Idempotency-Key'] = crypto.randomUUID?.() ?? String(Math.random());
    const request = { method, headers, body: method === 'GET' ? undefined : fields };
    for (const wait of [300, 1500, 0]) {
      try {
        const answer = await fetch(address, request);
        return await answer.json();
      } catch {
        if (wait) await sleep(wait);
      }
    }
    return {
      error: makeError(
        'api_connection_error', 'api_connection_error',
        'The payment service could not be reached. Check your connection and try again.',
      ),
    };
  }
}

/**
 * Write parameters as a form with brackets.
 *
 * @param {object} params Nested objects and lists.
 */
function encode(params) {
  const fields = new URLSearchParams();
  const add = (name, value) => {
    if (value === undefined || value === null) return;
    if (typeof value !== 'object') fields.append(name, String(value));
    else for (const [key, part] of Object.entries(value)) add(name ? `${name}[${key}]` : key, part);
  };
  add('', params);
  return fields;
}

/** @param {number} milliseconds */
const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/**
 * Tell what a client secret is of.
 *
 * @param {string} secret `pi_…_secret_…` or `seti_…_secret_…`.
 */
function readSecret(secret) {
  const found = /^((pi|seti)_\w+?)_secret_\w+$/.exec(String(secret));
  if (!found) throw new IntegrationError(`'${secret}' is not the client secret of an intent.`);
  return found[2] === 'pi'
    ? { id: found[1], path: `payment_intents/${found[1]}`, kind: 'payment_intent', field: 'paymentIntent' }
    : { id: found[1], path: `setup_intents/${found[1]}`, kind: 'setup_intent', field: 'setupIntent' };
}

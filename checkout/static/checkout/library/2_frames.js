/** How long a frame may be silent after it has loaded: one that browsers refuse says nothing. */
const SILENT_MILLISECONDS = 4000;

/** Where payment fields are, for whoever has the key. @param {Client} client */
function fieldsAddress(client) {
  const address = new URL('/stripe.js/fields', ORIGIN);
  address.searchParams.set('key', client.key);
  if (client.account) address.searchParams.set('account', client.account);
  return address;
}

/** A frame of ours in the page, to which we speak through a port that nobody else has. */
class Frame {
  /**
   * @param {Client} client Whose page it is.
   * @param {any} settings What the frame is told first: what it shows, and how.
   * @param {(message: any) => void} hear Takes what happens inside.
   * @param {{kind: string, address: URL}} [page] What the frame shows, and the word by which it greets.
   */
  constructor(client, settings, hear, page = { kind: 'fields', address: fieldsAddress(client) }) {
    this.kind = page.kind;
    this.origin = page.address.origin;
    this.settings = settings;
    this.hear = hear;
    this.answers = new Map();
    this.number = 0;
    this.isReady = new Promise((done) => { this.becomeReady = () => done(true); });
    this.element = document.createElement('iframe');
    this.element.src = page.address.href;
    this.element.title = settings.title;
    this.element.allow = 'payment *';
    this.element.style.cssText =
      'border:0;display:block;width:100%;height:1.2em;margin:0;padding:0;background:transparent;color-scheme:normal';
    this.element.addEventListener('load', () => setTimeout(() => this.#doubt(), SILENT_MILLISECONDS));
    this.greet = (event) => this.#greet(event);
    window.addEventListener('message', this.greet);
  }

  /** Answer the frame's greeting with the settings and its end of a port. */
  #greet(event) {
    if (event.origin !== this.origin || event.source !== this.element.contentWindow) return;
    if (event.data?.rialto !== this.kind) return;
    const { port1, port2 } = new MessageChannel();
    this.port?.close();
    this.port = port1;
    port1.onmessage = ({ data }) => this.#take(data);
    event.source.postMessage({ rialto: 'page', settings: this.settings }, this.origin, [port2]);
  }

  /** Say what may be wrong if the frame has not been heard of. */
  #doubt() {
    if (this.port || !this.element.isConnected) return;
    const message =
      'The payment form cannot be shown on this page. In live mode its domain has to be registered '
      + '(POST /v1/payment_method_domains), and the page has to be on https.';
    this.hear({ event: 'loaderror', error: makeError('invalid_request_error', 'form_not_loaded', message) });
  }

  #take(message) {
    if (message.answers) {
      this.answers.get(message.answers)?.(message.result);
      this.answers.delete(message.answers);
    } else if (message.event === 'height') {
      this.element.style.height = `${message.height}px`;
    } else {
      if (message.event === 'ready') this.becomeReady();
      this.hear(message);
    }
  }

  /** Answer all that is asked with an error. @param {object} error */
  fail(error) {
    this.failure = error;
    this.becomeReady();
  }

  /**
   * Ask the frame to do something, once it is there.
   *
   * @param {string} action Such as `create`.
   * @param {object} [details] Of the action.
   * @returns {Promise<any>}
   */
  async ask(action, details = {}) {
    await this.isReady;
    if (this.failure) return { error: this.failure };
    const number = ++this.number;
    return new Promise((done) => {
      this.answers.set(number, done);
      this.port.postMessage({ action, number, ...details });
    });
  }

  /** @param {object} settings What changes. */
  update(settings) {
    Object.assign(this.settings, settings);
    this.port?.postMessage({ action: 'update', settings });
  }

  remove() {
    window.removeEventListener('message', this.greet);
    this.port?.close();
    this.element.remove();
    const error = makeError('validation_error', 'element_removed', 'The payment form was removed from the page.');
    this.fail(error);
    for (const done of this.answers.values()) done({ error });
    this.answers.clear();
  }
}

// A processor's own card fields, in a frame inside ours: what is typed there is not seen here.

/** How long fields may take until somebody who asks them hears that they are not there. */
const LOADING_MILLISECONDS = 20_000;
const UNAVAILABLE = {
  type: 'api_connection_error', code: 'card_fields_unavailable',
  message: 'The card fields of the payment service could not be loaded. Check the connection, and load the page again.',
};

export class ProcessorCard {
  /**
   * @param {HTMLElement} place Where the frame stands.
   * @param {string} address Of the frame.
   * @param {any} settings What the fields look like.
   * @param {(event: string, details?: any) => void} hear Takes what the fields say.
   */
  constructor(place, address, settings, hear) {
    this.settings = settings;
    this.hear = hear;
    this.state = { empty: true, complete: false };
    this.brand = 'unknown';
    this.number = 0;
    this.answers = new Map();
    this.isReady = new Promise((done) => { this.becomeReady = () => done(true); });
    this.frame = document.createElement('iframe');
    this.frame.title = settings.title;
    this.frame.className = 'Card';
    this.greet = (event) => this.#greet(event);
    window.addEventListener('message', this.greet);
    this.frame.src = address;
    place.append(this.frame);
  }

  #greet(event) {
    if (event.source !== this.frame.contentWindow || event.origin !== window.location.origin) return;
    if (event.data?.rialto !== 'card') return;
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    this.becomeReady();
    port1.onmessage = ({ data }) => this.#take(data);
    this.frame.contentWindow.postMessage({ rialto: 'page', settings: this.settings }, window.location.origin, [port2]);
  }

  #take(message) {
    const { event, answers, ...details } = message;
    if (answers) {
      this.answers.get(answers)?.(message.result);
      this.answers.delete(answers);
    } else if (event === 'height') {
      this.frame.style.height = `${message.height}px`;
    } else {
      if (event === 'loaderror') this.failure = details.error;
      if (event === 'change') {
        const { empty, complete, error, brand } = details;
        this.state = { empty, complete, error };
        this.brand = brand ?? 'unknown';
      }
      this.hear(event, details);
    }
  }

  /** Ask the fields for something, such as a token. @param {string} action @param {object} [details] @returns {Promise<any>} */
  async ask(action, details = {}) {
    await Promise.race([this.isReady, new Promise((done) => { setTimeout(done, LOADING_MILLISECONDS); })]);
    if (this.failure ?? !this.port) return { error: this.failure ?? UNAVAILABLE };
    this.number += 1;
    const { number } = this;
    return new Promise((done) => {
      this.answers.set(number, done);
      this.port.postMessage({ action, number, ...details });
    });
  }

  remove() {
    window.removeEventListener('message', this.greet);
    this.port?.close();
    this.frame.remove();
  }
}

// The other frames of the same card: its number, its date and its code are typed into a frame each.

export class Peers {
  /**
   * @param {any} settings Of the frame: its `type`, and the `group` that it is of.
   * @param {any} form What is typed in here.
   * @param {{whole: () => any, follow: (whole: any) => void}} talk `whole` says how a card is doing that is typed in
   *   whole beside its number; null for one in parts. `follow` takes that in the frames of the date and the code.
   */
  constructor(settings, form, talk) {
    this.type = settings.type;
    this.form = form;
    this.talk = talk;
    // Only pages of our own origin are on the channel.
    this.channel = new BroadcastChannel(`rialto-${settings.group}`);
    this.channel.addEventListener('message', ({ data }) => this.#take(data));
    if (this.type !== 'cardNumber') this.channel.postMessage({ seeks: true });
  }

  #take(data) {
    if (this.type === 'cardNumber') {
      if (data.seeks) this.tell();
      return;
    }
    if (data.brand && this.type === 'cardCvc') this.form.brand = data.brand;
    if (data.asks) {
      this.channel.postMessage({
        tells: this.type, asked: data.asks, values: this.form.values, error: this.form.check(),
      });
    }
    if ('whole' in data) this.talk.follow(data.whole);
  }

  /** Tell the frames of the date and the code about the number. */
  tell() { this.channel.postMessage({ brand: this.form.brand, whole: this.talk.whole() }); }

  /** Ask the frames of the date and the code for what they hold. @returns {Promise<any>} */
  ask() {
    const asks = crypto.randomUUID?.() ?? String(Math.random());
    const found = new Map();
    return new Promise((done) => {
      const end = () => {
        this.channel.removeEventListener('message', listen);
        clearTimeout(timer);
        const error = found.get('cardExpiry')?.error ?? found.get('cardCvc')?.error;
        if (error) return done({ error });
        if (!found.has('cardExpiry')) return done({ error: this.form.errorOf('incomplete_expiry') });
        return done({ values: Object.assign({}, ...[...found.values()].map((one) => one.values)) });
      };
      // A shop may leave out the code: then nobody answers for it.
      const timer = setTimeout(end, 1000);
      const listen = ({ data }) => {
        if (data.asked !== asks) return;
        found.set(data.tells, data);
        if (found.size === 2) end();
      };
      this.channel.addEventListener('message', listen);
      this.channel.postMessage({ asks });
    });
  }
}

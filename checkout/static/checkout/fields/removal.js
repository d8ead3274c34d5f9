// A button with which a payer removes what it has saved, after it was asked once more.

export class Removal {
  /**
   * @param {HTMLElement} place Where the buttons stand.
   * @param {(id: string) => Promise<boolean>} run Removes a method, and tells whether it is gone.
   */
  constructor(place, run) {
    this.place = place;
    this.run = run;
  }

  hide() { this.place.hidden = true; }

  /**
   * Offer to remove a method.
   *
   * @param {string} id Of the method.
   * @param {string} title What its owner calls it.
   * @param {any} form Of which the words are.
   */
  offer(id, title, form) {
    const ask = () => {
      const sure = this.#button(form.words.removeSure, async () => {
        sure.disabled = true;
        if (!await this.run(id)) this.#show(form.words.notRemoved, first());
      });
      this.#show(form.words.removeAsk, sure, this.#button(form.words.keep, () => this.#show('', first())));
      sure.focus();
    };
    const first = () => this.#button(form.sentence('remove', { title }), ask);
    this.#show('', first());
  }

  #show(sentence, ...buttons) {
    const told = document.createElement('p');
    told.setAttribute('role', 'status');
    told.textContent = sentence;
    this.place.replaceChildren(told, ...buttons);
    this.place.hidden = false;
  }

  #button(text, press) {
    const button = document.createElement('button');
    Object.assign(button, { type: 'button', className: 'Removal', textContent: text });
    button.addEventListener('click', press);
    return button;
  }
}

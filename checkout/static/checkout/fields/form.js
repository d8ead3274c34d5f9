// A form in a frame: its inputs, what they hold, and how they are doing.

import { COUNTRIES } from './countries.js';
import { PARTS, brandOf } from './parts.js';
import { fill, languageOf, wordsOf } from './words.js';

export class Form {
  /**
   * @param {HTMLElement} place Where the inputs stand.
   * @param {{locale?: string}} settings Of the page.
   * @param {(event: string) => void} hear Takes `input`, `focus`, `blur` and `escape`.
   */
  constructor(place, settings, hear) {
    this.place = place;
    this.words = wordsOf(settings.locale);
    this.language = languageOf(settings.locale);
    this.hear = hear;
    /** @type {Map<string, HTMLInputElement | HTMLSelectElement>} */
    this.inputs = new Map();
    this.touched = new Set();
    this.brand = 'unknown';
  }

  /**
   * Draw inputs.
   *
   * @param {string[]} names Keys of `PARTS`.
   * @param {Record<string, string>} values What they hold at first.
   * @param {boolean} hasLabels False where the page has labels of its own.
   */
  draw(names, values, hasLabels) {
    this.inputs.clear();
    this.touched.clear();
    this.place.replaceChildren(...names.map((name) => this.#row(name, values[name] ?? '', hasLabels)));
  }

  #row(name, value, hasLabels) {
    const part = PARTS[name];
    const row = document.createElement('div');
    row.className = part.isHalf ? 'Row Row--half' : 'Row';
    const label = document.createElement('label');
    label.className = hasLabels ? 'Label' : 'Label Hidden';
    label.htmlFor = name;
    const optional = part.isOptional ? ` ${this.words.optional}` : '';
    label.textContent = this.words[part.label ?? name] + optional;
    const input = part.choices || part.isCountry ? this.#select(part) : document.createElement('input');
    input.id = name;
    input.name = name;
    input.className = 'Input Input--empty';
    input.autocomplete = /** @type {AutoFill} */ (part.fill);
    if (input instanceof HTMLInputElement) {
      if (part.mode) input.inputMode = part.mode;
      input.placeholder = part.hint ?? this.words[part.hintWord] ?? '';
      input.spellcheck = false;
    }
    input.value = value && part.format ? part.format(value) : value;
    const problem = document.createElement('p');
    problem.className = 'Error';
    problem.id = `${name}-problem`;
    problem.setAttribute('role', 'alert');
    problem.hidden = true;
    this.#listen(name, input);
    row.append(label, input, problem);
    this.inputs.set(name, input);
    return row;
  }

  #select(part) {
    const select = document.createElement('select');
    const names = part.isCountry ? new Intl.DisplayNames([this.language], { type: 'region' }) : null;
    const choices = part.choices ?? COUNTRIES;
    const shown = choices.map((code) => [code, names ? names.of(code) : this.words[code]]);
    if (names) shown.sort((one, other) => one[1].localeCompare(other[1], this.language));
    select.append(new Option('', ''), ...shown.map(([code, text]) => new Option(text, code)));
    return select;
  }

  #listen(name, input) {
    input.addEventListener('input', (event) => {
      const { format } = PARTS[name];
      if (format && input instanceof HTMLInputElement) {
        const isDeleting = /** @type {InputEvent} */ (event).inputType?.startsWith('delete');
        const isAtEnd = input.selectionStart === input.value.length;
        const shown = format(input.value, isDeleting);
        // In the middle a change of the text would move the cursor away from where somebody types.
        if (isAtEnd || shown.replace(/ /g, '') !== input.value.replace(/ /g, '')) input.value = shown;
      }
      if (name === 'number') this.brand = brandOf(input.value.replace(/ /g, '')).name;
      this.#show(name);
      this.hear('input');
    });
    input.addEventListener('focus', () => this.hear('focus'));
    input.addEventListener('blur', () => {
      if (input.value) this.touched.add(name);
      this.#show(name);
      this.hear('blur');
    });
    input.addEventListener('keydown', (event) => {
      if (/** @type {KeyboardEvent} */ (event).key === 'Escape') this.hear('escape');
    });
  }

  /** Show how one input is doing: what is still being typed is not wrong yet. */
  #show(name) {
    const input = this.inputs.get(name);
    const code = this.problemOf(name);
    const isWrong = Boolean(code) && (this.touched.has(name) || code.startsWith('invalid_'));
    const problem = /** @type {HTMLElement} */ (document.getElementById(`${name}-problem`));
    input.className = ['Input', !input.value && 'Input--empty', isWrong && 'Input--invalid', !code && input.value && 'Input--complete']
      .filter(Boolean).join(' ');
    problem.hidden = !isWrong;
    problem.textContent = isWrong ? this.words[code] : '';
    if (isWrong) input.setAttribute('aria-describedby', problem.id);
    else input.removeAttribute('aria-describedby');
    input.setAttribute('aria-invalid', String(isWrong));
  }

  /** Return the code of what is wrong with an input; empty if nothing is. */
  problemOf(name) {
    return PARTS[name].check(this.inputs.get(name).value, this);
  }

  get values() {
    return Object.fromEntries([...this.inputs].map(([name, input]) => [name, input.value]));
  }

  /** How the form is doing, as the page is told it. */
  get state() {
    const problems = [...this.inputs.keys()].map((name) => [name, this.problemOf(name)]);
    const isShown = ([name, code]) => code && (this.touched.has(name) || code.startsWith('invalid_'));
    const wrong = problems.find(isShown);
    return {
      empty: [...this.inputs].every(([name, input]) => !input.value || PARTS[name].isOptional),
      complete: problems.every(([, code]) => !code),
      error: wrong && this.errorOf(wrong[1]),
    };
  }

  /** Show all that is wrong, go to the first of it, and return it; nothing if all is good. */
  check() {
    for (const name of this.inputs.keys()) {
      this.touched.add(name);
      this.#show(name);
    }
    const first = [...this.inputs.keys()].find((name) => this.problemOf(name));
    if (first === undefined) return undefined;
    this.inputs.get(first).focus();
    return this.errorOf(this.problemOf(first));
  }

  errorOf(code) {
    return { type: 'validation_error', code, message: this.words[code] };
  }

  sentence(name, parts = {}) {
    return fill(this.words[name], parts);
  }

  focus() { [...this.inputs.values()][0]?.focus(); }

  blur() { [...this.inputs.values()].find((input) => input === document.activeElement)?.blur(); }

  clear() {
    this.touched.clear();
    for (const [name, input] of this.inputs) {
      input.value = '';
      this.#show(name);
    }
    this.hear('input');
  }

  set isDisabled(value) {
    for (const input of this.inputs.values()) input.disabled = value;
  }
}

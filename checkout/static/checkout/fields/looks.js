// How the page wants its fields to look. Values are set as properties, so that none can be more.

const VARIABLE = /^[a-z][A-Za-z]+$/;
const SELECTOR = /^\.(Input|Label|Error|Tab|TabLabel|Block|Checkbox)(--[a-z]+)?(:{1,2}[a-z-]+)?$/;
/** The states of elements' own `style` option → our classes. */
const STATES = { base: '', complete: '--complete', empty: '--empty', invalid: '--invalid' };

const sheet = new CSSStyleSheet();
document.adoptedStyleSheets = [sheet];

/**
 * Apply what the page said.
 *
 * @param {{theme?: string, variables?: object, rules?: object, labels?: string}} appearance Of the form.
 * @param {object} [style] Of one element.
 */
export function apply(appearance = {}, style = {}) {
  sheet.replaceSync('');
  const root = document.documentElement;
  root.dataset.theme = ['night', 'flat'].includes(appearance.theme) ? appearance.theme : 'stripe';
  for (const [name, value] of Object.entries(appearance.variables ?? {})) {
    if (VARIABLE.test(name)) root.style.setProperty(`--${name}`, String(value));
  }
  for (const [selector, properties] of Object.entries(appearance.rules ?? {})) add(selector, properties);
  for (const [state, properties] of Object.entries(style)) {
    if (!(state in STATES)) continue;
    const { own, nested } = split(properties);
    add(`.Input${STATES[state]}`, own);
    for (const [pseudo, inner] of nested) add(`.Input${STATES[state]}${pseudo}`, inner);
  }
}

function split(properties) {
  const entries = Object.entries(properties ?? {});
  return {
    own: Object.fromEntries(entries.filter(([, value]) => typeof value !== 'object')),
    nested: entries.filter(([, value]) => typeof value === 'object'),
  };
}

function add(selector, properties) {
  if (!SELECTOR.test(selector)) return;
  const place = sheet.insertRule(`${selector} {}`, sheet.cssRules.length);
  const rule = /** @type {CSSStyleRule} */ (sheet.cssRules[place]);
  for (const [name, value] of Object.entries(properties)) {
    rule.style.setProperty(name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), String(value));
  }
}

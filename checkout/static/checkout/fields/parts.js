// The inputs of a form: what each asks, how it is checked, and where its value goes on the wire.

import {
  brandOf, checkCode, checkExpiry, checkIban, checkNumber, digitsOf, expiryOf, spacedExpiry,
  spacedIban, spacedNumber,
} from './numbers.js';

const filled = (text) => (text.trim() ? '' : 'incomplete_field');
const isEmail = (text) => (/^\S+@\S+\.\S+$/.test(text.trim()) ? '' : 'incomplete_email');

/** Name → `label` of the words, `check`, `format`, attributes, and the path of its value. */
export const PARTS = {
  number: {
    check: checkNumber, format: spacedNumber, mode: 'numeric', fill: 'cc-number', hint: '1234 1234 1234 1234',
  },
  expiry: {
    check: (text) => checkExpiry(text, new Date()), format: spacedExpiry, mode: 'numeric', fill: 'cc-exp',
    hintWord: 'months', isHalf: true,
  },
  cvc: {
    check: (text, form) => checkCode(text, form.brand), format: (text) => digitsOf(text, 4), mode: 'numeric',
    fill: 'cc-csc', hint: 'CVC', isHalf: true,
  },
  postal: {
    check: () => '', fill: 'postal-code', hintWord: 'postal', isOptional: true,
    path: ['billing_details', 'address', 'postal_code'],
  },
  iban: { check: checkIban, format: spacedIban, fill: 'off', hint: 'DE00 0000 0000 0000 0000 00' },
  name: { check: filled, fill: 'name', path: ['billing_details', 'name'] },
  email: { check: isEmail, fill: 'email', mode: 'email', path: ['billing_details', 'email'] },
  phone: { check: filled, fill: 'tel', mode: 'tel', path: ['billing_details', 'phone'] },
  tax_id: { check: filled, fill: 'off', path: ['billing_details', 'tax_id'] },
  line1: { check: filled, fill: 'address-line1', path: ['billing_details', 'address', 'line1'] },
  line2: { check: () => '', fill: 'address-line2', path: ['billing_details', 'address', 'line2'], isOptional: true },
  city: { check: filled, fill: 'address-level2', path: ['billing_details', 'address', 'city'] },
  state: { check: () => '', fill: 'address-level1', path: ['billing_details', 'address', 'state'], isOptional: true },
  postal_code: { check: filled, label: 'postal', fill: 'postal-code', path: ['billing_details', 'address', 'postal_code'] },
  country: { check: filled, fill: 'country', path: ['billing_details', 'address', 'country'], isCountry: true },
  routing_number: { check: filled, format: (text) => digitsOf(text, 9), mode: 'numeric', fill: 'off' },
  account_number: { check: filled, format: (text) => digitsOf(text, 17), mode: 'numeric', fill: 'off' },
  account_holder_type: { check: filled, choices: ['individual', 'company'], fill: 'off' },
};

/** What is typed in for a type itself, besides the billing details that it cannot do without. */
const OF_TYPES = {
  card: ['number', 'expiry', 'cvc'],
  sepa_debit: ['iban'],
  us_bank_account: ['account_holder_type', 'routing_number', 'account_number'],
};

/** Name the parts of a payment method type. @param {string} type @param {string[]} billing Paths with dots. */
export function partsOf(type, billing) {
  const own = OF_TYPES[type] ?? [];
  const also = billing.map((path) => path.split('.').at(-1)).filter((name) => name in PARTS);
  return [...also, ...own];
}

/** Write what was typed in for a type as the wire has it. @param {string} type @param {Record<string, string>} values */
export function detailsOf(type, values) {
  if (type === 'card') {
    const { month, year } = expiryOf(values.expiry ?? '');
    return { number: digitsOf(values.number ?? '', 19), exp_month: month, exp_year: year, cvc: values.cvc };
  }
  if (type === 'sepa_debit') return { iban: (values.iban ?? '').replace(/ /g, '') };
  return Object.fromEntries((OF_TYPES[type] ?? []).map((name) => [name, values[name]]));
}

/** Put billing details that were typed in over those that the page gave. */
export function billingOf(values, given = {}) {
  const found = structuredClone(given);
  for (const [name, value] of Object.entries(values)) {
    const path = PARTS[name]?.path;
    if (!path || !value) continue;
    let place = found;
    for (const step of path.slice(1, -1)) place = place[step] ??= {};
    place[path.at(-1)] = value.trim();
  }
  return found;
}

export { brandOf };

// A frame with payment fields. What is typed in stays here and goes to the API; the page gets ids.

import { Form } from './form.js';
import * as looks from './looks.js';
import { billingOf, detailsOf, partsOf } from './parts.js';
import { Peers } from './peers.js';
import { ProcessorCard } from './processor.js';
import { Removal } from './removal.js';

const facts = JSON.parse(document.getElementById('facts').textContent);
const fields = document.getElementById('fields');
const choice = document.getElementById('choice');
const save = document.getElementById('save');
const note = document.getElementById('note');
const cardPlace = document.getElementById('card');
const removal = new Removal(document.getElementById('removal'), remove);
const PATHS = ['payment_methods', 'tokens', 'confirmation_tokens'];
const CARD_TYPES = ['card', 'cardNumber', 'cardExpiry', 'cardCvc'];
/** Those in which a processor's own fields are shown, with all of a card. */
const WHOLE_TYPES = ['card', 'cardNumber'];
const NOT_AGAIN = {
  type: 'invalid_request_error', code: 'not_supported',
  message: 'A saved method is confirmed as it is: use confirmPayment, or createPaymentMethod and its id.',
};
const ADDRESS = ['name', 'country', 'line1', 'line2', 'city', 'state', 'postal_code'];
const OF_ELEMENTS = {
  card: ['number', 'expiry', 'cvc', 'postal'], cardNumber: ['number'], cardExpiry: ['expiry'], cardCvc: ['cvc'],
  iban: ['iban'], linkAuthentication: ['email'],
};

// Who asks is said by the frame's address, by which it was also decided what pages may hold it.
const address = new URLSearchParams(window.location.search);

let settings;
let port;
let form;
let method;
let saved = [];
/** @type {Peers | undefined} The other frames of a card that is typed in in parts. */
let peers;
/** Whether the date and the code are typed in beside the number, into a processor's own fields. */
let isWithNumber = false;
/** @type {ProcessorCard | undefined} The processor's own card fields, once they are shown. */
let card;
let cardAt;

window.addEventListener('message', (event) => {
  if (port || event.source !== window.parent || event.data?.rialto !== 'page') return;
  settings = event.data.settings;
  [port] = event.ports;
  port.onmessage = ({ data }) => take(data);
  start();
});
// It says nothing, so that any page may hear it: what follows goes through the port.
window.parent.postMessage({ rialto: 'fields' }, '*');

function start() {
  form = new Form(fields, settings, hear);
  document.documentElement.lang = form.language;
  looks.apply(settings.appearance, settings.options.style);
  if (facts.problem) {
    fail(facts.problem, form.sentence('noMethods'));
    return;
  }
  const isSplit = CARD_TYPES.slice(1).includes(settings.type);
  if (isSplit) peers = new Peers(settings, form, { whole: () => (usesCard() ? stateNow() : null), follow: followNumber });
  new ResizeObserver(sayHeight).observe(document.body);
  if (settings.type === 'payment') {
    if (settings.types) offer(settings.types);
    return;
  }
  if (CARD_TYPES.includes(settings.type) && !takesCards()) {
    fail(facts.no_cards, form.sentence('noCards'));
    return;
  }
  if (WHOLE_TYPES.includes(settings.type) && cards()) {
    document.body.dataset.type = 'plain';
    showCard('plain');
    return;
  }
  if (isSplit && cards()) leaveToNumber();
  else draw();
  tell('ready');
}

/** Return whose card fields are shown, a processor's, with the address of their frame; null for ours. */
const cards = () => (settings.cards === undefined ? facts.card_fields : settings.cards);

const takesCards = () => facts.takes_card_numbers || Boolean(cards());

/** Tell whether the payer types a card into the processor's own fields now. */
const usesCard = () => Boolean(card) && !cardPlace.hidden;

/** Show the processor's own card fields. @param {'plain' | 'boxed'} look */
function showCard(look) {
  const { processor, address: there } = cards();
  cardPlace.hidden = false;
  // Signed anew each time: the same processor's fields stay, with what was typed in.
  if (card && cardAt === processor) return;
  card?.remove();
  cardAt = processor;
  const { options, appearance = {} } = settings;
  const shown = {
    title: form.words.number, locale: form.language, look, style: options.style,
    hasPostalCode: settings.type === 'cardNumber' || Boolean(options.hidePostalCode), disabled: Boolean(options.disabled ?? options.readOnly),
    theme: appearance.theme === 'night' ? 'dark' : 'light',
  };
  card = new ProcessorCard(cardPlace, there, shown, (event, details) => {
    if (event === 'loaderror') fail(details.error, form.sentence('noCards'));
    else if (event !== 'ready') hear(event === 'change' ? 'input' : event);
    else if (WHOLE_TYPES.includes(settings.type)) tell('ready');
  });
  peers?.tell();
}

/** Say instead of fields that a processor takes all of a card beside its number. */
function leaveToNumber() {
  isWithNumber = true;
  document.body.dataset.type = 'plain';
  form.draw([], {}, false);
  note.textContent = form.words.withNumber;
}

/** Do as the number's frame, which decides where the date and the code are typed in. */
function followNumber(whole) {
  if (whole && !isWithNumber) leaveToNumber();
  if (!whole && isWithNumber) {
    isWithNumber = false;
    note.textContent = '';
    draw();
  }
  if (whole) tell('change', { empty: whole.empty, complete: whole.complete });
}

/** How the form is doing, with what stands in the processor's fields. */
function stateNow() {
  const { empty, complete, error } = form.state;
  if (!usesCard()) return { empty, complete, error };
  const inside = card.state;
  return { empty: empty && inside.empty, complete: complete && inside.complete, error: error ?? inside.error };
}

/** Show what is wrong, and return it; nothing if all is good. */
function check() {
  const problem = form.check();
  if (problem || !usesCard() || card.state.complete) return problem;
  card.ask('focus');
  return card.failure ?? card.state.error ?? form.errorOf('incomplete_number');
}

/** Show the payer a sentence instead of fields, and tell the page what is the matter. */
function fail(error, sentence) {
  fields.replaceChildren();
  cardPlace.hidden = true;
  note.textContent = sentence;
  sayHeight();
  tell('loaderror', { error });
}

function draw() {
  const { type, options } = settings;
  const hasLabels = ['address', 'linkAuthentication', 'payment'].includes(type);
  document.body.dataset.type = hasLabels ? 'labelled' : 'plain';
  form.draw(namesOf(type, options), firstValues(options), hasLabels);
  form.isDisabled = Boolean(options.disabled ?? options.readOnly);
}

function namesOf(type, options) {
  if (type === 'address') {
    const names = options.fields?.name === 'never' ? ADDRESS.slice(1) : ADDRESS;
    return options.fields?.phone === 'always' ? [...names, 'phone'] : names;
  }
  if (type === 'card' && options.hidePostalCode) return OF_ELEMENTS.card.slice(0, 3);
  return OF_ELEMENTS[type];
}

function firstValues(options) {
  const { defaultValues = {}, value = {} } = options;
  const details = defaultValues.billingDetails ?? defaultValues;
  return { ...details.address, ...details, postal: value.postalCode ?? '' };
}

/** Let the payer choose among types, of those that this frame can take. */
function offer(types) {
  const order = settings.options.paymentMethodOrder ?? [];
  const place = (type) => (order.includes(type) ? order.indexOf(type) : order.length);
  const shown = types
    .filter((type) => type in facts.methods && (type !== 'card' || takesCards()))
    .sort((one, other) => place(one) - place(other));
  if (!shown.length) {
    const hasOnlyCards = types.includes('card');
    fail(hasOnlyCards ? facts.no_cards : facts.no_methods, form.sentence(hasOnlyCards ? 'noCards' : 'noMethods'));
    return;
  }
  saved = (settings.saved ?? []).filter((one) => shown.includes(one.type));
  const keys = [...saved.map((one) => one.id), ...shown];
  choice.hidden = keys.length < 2;
  choice.querySelector('legend').textContent = form.words.method;
  choice.querySelector('div').replaceChildren(...keys.map(makeTab));
  const isFirst = method === undefined;
  if (!keys.includes(method)) choose(keys[0]);
  if (isFirst) tell('ready');
}

/** @param {string} key A type, or the id of a saved method. */
function makeTab(key) {
  const label = document.createElement('label');
  label.className = 'Tab';
  const input = document.createElement('input');
  Object.assign(input, { type: 'radio', name: 'method', value: key, checked: key === method });
  input.addEventListener('change', () => choose(key));
  const kept = keptOf(key);
  label.append(input, kept ? nameOf(kept) : titleOf(key));
  return label;
}

const titleOf = (type) => (type === 'card' ? form.words.card : facts.methods[type].title);

/** @param {string} key */
const keptOf = (key) => saved.find((one) => one.id === key);

/** Name a saved method as its owner knows it, such as `Visa •••• 4242`. */
function nameOf({ type, [type]: { brand, last4 } }) {
  const name = brand ? brand[0].toUpperCase() + brand.slice(1) : titleOf(type);
  return last4 ? `${name} •••• ${last4}` : name;
}

/** @param {string} key A type, or the id of a saved method. */
function choose(key) {
  method = key;
  for (const tab of choice.querySelectorAll('input')) tab.checked = tab.value === key;
  save.hidden = key !== 'card' || !settings.saving;
  save.querySelector('span').textContent = form.words.save;
  cardPlace.hidden = true;
  removal.hide();
  if (keptOf(key)) {
    if (settings.removal) removal.offer(key, nameOf(keptOf(key)), form);
    document.body.dataset.type = 'labelled';
    form.draw([], {}, true);
    note.textContent = '';
    hear('input');
    return;
  }
  const type = key;
  const { billing, is_push: isPush, needs_mandate: hasMandate } = facts.methods[type];
  const names = type === 'card' && cards() ? [] : partsOf(type, billing);
  document.body.dataset.type = 'labelled';
  if (type === 'card' && cards()) showCard('boxed');
  form.draw(names, firstValues(settings.options), true);
  form.isDisabled = Boolean(settings.options.readOnly);
  const business = settings.options.business?.name ?? form.words.business;
  const sentence = hasMandate ? 'mandate' : isPush ? 'code' : 'redirect';
  note.textContent = type === 'card' ? '' : form.sentence(sentence, { business, title: titleOf(type) });
  hear('input');
}

/** Remove a saved method for good, and tell the page. @returns {Promise<boolean>} Whether it is gone. */
async function remove(id) {
  const { error } = await send(`elements/payment_methods/${id}/detach`, settings.removal);
  const { id: shown, ...kept } = keptOf(id);
  const told = { id: shown, type: kept.type, billing_details: kept.billing_details, [kept.type]: kept[kept.type] };
  tell('savedpaymentmethodremove', { success: !error, ...(error && { error: error.message }), payment_method: told });
  if (error) return false;
  settings.saved = settings.saved.filter((one) => one.id !== id);
  offer(settings.types);
  return true;
}

/** Do what the page asks. */
async function take(message) {
  const { action, number } = message;
  if (action === 'update') return change(message.settings);
  const result = await answer(action, message);
  port.postMessage({ answers: number, result });
  return undefined;
}

async function answer(action, message) {
  if (action === 'make' && PATHS.includes(message.path)) return make(message.path, message.params);
  if (action === 'check') return { error: check() };
  if (action === 'value') return { complete: stateNow().complete, value: valueOf() };
  if (['focus', 'blur', 'clear'].includes(action)) usesCard() ? card.ask(action) : form[action]();
  return {};
}

function change(changed) {
  const { options, ...shared } = changed;
  Object.assign(settings, shared);
  Object.assign(settings.options, options);
  looks.apply(settings.appearance, settings.options.style);
  if (changed.types && settings.type === 'payment') offer(changed.types);
  else if (options?.hidePostalCode !== undefined && !usesCard()) draw();
  const isDisabled = options?.readOnly ?? options?.disabled;
  if (isDisabled === undefined) return;
  form.isDisabled = isDisabled;
  card?.ask('update', { options: { disabled: isDisabled } });
}

/** Make what the page asks for, such as a payment method, of what was typed in. */
async function make(path, params) {
  const kept = settings.type === 'payment' && keptOf(method);
  if (kept) return path === 'payment_methods' ? kept : { error: NOT_AGAIN };
  const problem = check();
  if (problem) return { error: problem };
  if (usesCard()) return makeOfCard(path, params);
  const type = settings.type === 'payment' ? method : settings.type === 'iban' ? 'sepa_debit' : 'card';
  let { values } = form;
  if (settings.type === 'cardNumber') {
    const others = await peers.ask();
    if (others.error) return others;
    values = { ...values, ...others.values };
  }
  return send(path, bodyOf(path, params, type, values));
}

/** Have the processor make a token, and make what the page asks for of that. */
async function makeOfCard(path, params) {
  if (path === 'tokens') return { error: facts.no_tokens };
  const { billing_details: given } = path === 'confirmation_tokens' ? params.payment_method_data : params;
  const { token, error } = await card.ask('make', { billing: billingOf(form.values, given) });
  return error ? { error } : send(path, bodyOf(path, params, 'card', form.values, { token }));
}

function bodyOf(path, params, type, values, details = detailsOf(type, values)) {
  if (path === 'tokens') {
    const { postal } = values;
    return { card: { ...details, ...(postal ? { address_zip: postal } : {}), ...params } };
  }
  const inner = path === 'confirmation_tokens' ? params.payment_method_data : params;
  const isSaved = !save.hidden && save.querySelector('input').checked;
  const made = {
    ...inner, type, ...(isSaved ? { allow_redisplay: 'always' } : {}), billing_details: billingOf(values, inner.billing_details),
    ...(Object.keys(details).length ? { [type]: details } : {}),
  };
  if (path !== 'confirmation_tokens') return made;
  return { ...(isSaved ? { setup_future_usage: settings.saving.usage } : {}), ...params, payment_method_data: made };
}

async function send(path, body) {
  const headers = {
    Authorization: `Bearer ${address.get('key')}`, 'Content-Type': 'application/json', 'Stripe-Version': settings.version,
  };
  if (address.has('account')) headers['Stripe-Account'] = address.get('account');
  try {
    const answered = await fetch(`/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return await answered.json();
  } catch {
    const message = 'The payment service could not be reached. Check your connection and try again.';
    return { error: { type: 'api_connection_error', code: 'api_connection_error', message } };
  }
}

function valueOf() {
  const { values } = form;
  if (settings.type === 'linkAuthentication') return { email: values.email };
  if (settings.type === 'card') return { postalCode: values.postal ?? '' };
  if (settings.type === 'payment') {
    const kept = keptOf(method);
    return kept ? { type: kept.type, payment_method: kept } : { type: method };
  }
  if (settings.type !== 'address') return {};
  const { name = '', phone, ...address } = values;
  return { name, address: { ...address, line2: address.line2 || null }, ...(phone === undefined ? {} : { phone }) };
}

/** Tell the page what happens, and nothing of what is typed. */
function hear(event) {
  if (event !== 'input') {
    tell(event);
    return;
  }
  const country = settings.type === 'iban' ? form.values.iban.slice(0, 2) : undefined;
  const isKept = settings.type === 'payment' && keptOf(method);
  const state = { ...stateNow(), ...(isKept ? { empty: false } : {}) };
  tell('change', { ...state, brand: usesCard() ? card.brand : form.brand, country, isNewAddress: true, value: valueOf() });
  if (settings.type === 'cardNumber') peers.tell();
}

function tell(event, details = {}) { port.postMessage({ event, ...details }); }

function sayHeight() { tell('height', { height: Math.ceil(document.body.getBoundingClientRect().height) }); }

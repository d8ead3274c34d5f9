// Has a processor's own fields make a token of the card before the form of the page is sent.

const form = /** @type {HTMLFormElement} */ (document.getElementById('pay'));
const frame = /** @type {HTMLIFrameElement} */ (document.getElementById('card-frame'));
const token = /** @type {HTMLInputElement} */ (document.getElementById('card-token'));
const problem = document.getElementById('card-frame-problem');
const words = frame.dataset;
const PARTS = ['line1', 'line2', 'city', 'state', 'postal_code', 'country'];

/** How long a payer who has pressed the button waits for fields that are still being loaded. */
const LOADING_MILLISECONDS = 20_000;

let port;
let becomeReady;
const isReady = new Promise((done) => { becomeReady = done; });
let number = 0;
let isBusy = false;
let isBroken = false;
const answers = new Map();

window.addEventListener('message', (event) => {
  if (event.source !== frame.contentWindow || event.origin !== window.location.origin) return;
  if (event.data?.rialto !== 'card') return;
  const channel = new MessageChannel();
  port?.close();
  port = channel.port1;
  port.onmessage = ({ data }) => take(data);
  becomeReady();
  const settings = { locale: document.documentElement.lang, hasPostalCode: Boolean(field('billing_postal_code')) };
  frame.contentWindow.postMessage({ rialto: 'page', settings }, window.location.origin, [channel.port2]);
});
// Only now, or its greeting could come before somebody listens.
frame.src = words.address;
// Whoever comes back to a page that the browser kept types the card in anew.
window.addEventListener('pageshow', (event) => { if (event.persisted) window.location.reload(); });

form.addEventListener('submit', (event) => {
  const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
  if (button?.value === 'update' || form.elements.namedItem('method').value !== 'card') return;
  event.preventDefault();
  if (!isBusy) pay(button);
});

/** Make a token of the card, and send the form with it. */
async function pay(button) {
  isBusy = true;
  show('');
  button?.setAttribute('aria-busy', 'true');
  const { token: made, error } = await make();
  isBusy = false;
  button?.removeAttribute('aria-busy');
  if (error) {
    show(error.message || words.broken);
    if (!isBroken && port) ask('focus');
    return;
  }
  token.value = made;
  const action = document.createElement('input');
  Object.assign(action, { type: 'hidden', name: 'action', value: 'pay' });
  form.append(action);
  isBusy = true;
  form.submit();
}

/** Have the fields make a token, once they are there. @returns {Promise<any>} */
async function make() {
  await Promise.race([isReady, new Promise((done) => { setTimeout(done, LOADING_MILLISECONDS); })]);
  return isBroken || !port ? { error: { message: words.broken } } : ask('make', billing());
}

function take(message) {
  if (message.answers) {
    answers.get(message.answers)?.(message.result);
    answers.delete(message.answers);
  } else if (message.event === 'height') {
    frame.style.height = `${message.height}px`;
  } else if (message.event === 'loaderror') {
    isBroken = true;
    show(words.broken);
  } else if (message.event === 'focus') {
    choose();
  } else if (message.event === 'change') {
    show(message.error?.message ?? '');
  }
}

function ask(action, details) {
  number += 1;
  return new Promise((done) => {
    answers.set(number, done);
    port.postMessage({ action, number, billing: details });
  });
}

/** Who types a card in pays by card. */
function choose() {
  for (const one of form.querySelectorAll('input[name=method]')) {
    if (one instanceof HTMLInputElement && one.value === 'card') one.checked = true;
  }
}

function show(sentence) {
  problem.textContent = sentence;
  problem.hidden = !sentence;
}

function field(name) {
  const found = form.elements.namedItem(name);
  return found instanceof HTMLInputElement || found instanceof HTMLSelectElement ? found : null;
}

const valueOf = (name) => field(name)?.value.trim() || undefined;

/** What the payer has said of itself, for its bank. */
function billing() {
  const address = Object.fromEntries(PARTS.map((part) => [part, valueOf(`billing_${part}`)]).filter(([, value]) => value));
  const found = { name: valueOf('billing_name'), email: valueOf('email'), phone: valueOf('phone') };
  const known = Object.entries(found).filter(([, value]) => value);
  return { ...Object.fromEntries(known), ...(Object.keys(address).length ? { address } : {}) };
}

// The frame with a processor's own card fields: it hands on what they say, and the token they make.

const facts = JSON.parse(document.getElementById('facts').textContent);
const place = document.getElementById('card');
const UNAVAILABLE = {
  type: 'api_connection_error', code: 'card_fields_unavailable',
  message: 'The card fields of the payment service could not be loaded. Check the connection, and load the page again.',
};

let port;
/** Settled with the processor's fields, or with nothing if they cannot be shown. */
let card;

window.addEventListener('message', (event) => {
  // A page of ours holds this frame, whoever holds that one.
  if (port || event.source !== window.parent || event.origin !== window.location.origin) return;
  if (event.data?.rialto !== 'page') return;
  [port] = event.ports;
  port.onmessage = ({ data }) => take(data);
  new ResizeObserver(sayHeight).observe(document.body);
  card = start(event.data.settings);
});
window.parent.postMessage({ rialto: 'card' }, window.location.origin);

async function start(settings) {
  document.documentElement.lang = settings.locale;
  if (settings.theme) document.documentElement.dataset.theme = settings.theme;
  document.body.dataset.look = settings.look ?? 'boxed';
  try {
    const { mount } = await import(facts.module);
    return await mount(place, { ...facts.settings, ...settings, color: window.getComputedStyle(place).color }, hear);
  } catch {
    tell('loaderror', { error: UNAVAILABLE });
    return undefined;
  }
}

/** Hand on what the fields say, and show it at the edge of the field. */
function hear(event, details = {}) {
  if (event === 'focus' || event === 'blur') place.classList.toggle('focus', event === 'focus');
  if (event === 'change') place.classList.toggle('wrong', Boolean(details.error));
  tell(event, details);
}

async function take({ action, number, ...details }) {
  const result = await answer(action, details);
  if (number) port.postMessage({ answers: number, result });
}

async function answer(action, { billing, options }) {
  const fields = await card;
  if (!fields) return { error: UNAVAILABLE };
  if (action === 'make') {
    try {
      const { token, error } = await fields.make(billing);
      return error ? { error } : { token: `${facts.processor}:${token}` };
    } catch {
      return { error: UNAVAILABLE };
    }
  }
  if (action === 'update') fields.update(options);
  if (['focus', 'blur', 'clear'].includes(action)) fields[action]();
  return {};
}

function tell(event, details = {}) { port.postMessage({ event, ...details }); }

function sayHeight() { tell('height', { height: Math.ceil(document.body.getBoundingClientRect().height) }); }

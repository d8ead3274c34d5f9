// A seller's page in a frame of the platform's page: it tells how high it is, and which page it is, and looks as
// that page wants.

const { page, base, actions } = document.documentElement.dataset;

let port;

window.addEventListener('message', (event) => {
  if (port || event.source !== window.parent || event.data?.rialto !== 'page') return;
  [port] = event.ports;
  port.onmessage = ({ data }) => dress(data.look);
  dress(event.data.look);
  new ResizeObserver(sayHeight).observe(document.body);
  sayHeight();
  port.postMessage({ event: 'ready', page, base, actions: Number(actions), step: stepOf(window.location.pathname) });
});
// It says nothing, so that any page may hear it: what follows goes through the port.
window.parent.postMessage({ rialto: 'seller' }, '*');

/** Set what the platform's page says of looks: values of our own properties, which can load nothing. */
function dress(look = {}) {
  const root = document.documentElement;
  for (const name of [...root.style]) root.style.removeProperty(name);
  for (const [name, value] of Object.entries(look)) {
    if (name.startsWith('--')) root.style.setProperty(name, value);
  }
  // What browsers draw themselves, such as the text of fields, goes with the background.
  if (look['--ground']) root.style.colorScheme = isDark(window.getComputedStyle(document.body).backgroundColor) ? 'dark' : 'light';
}

/** @param {string} color As browsers write it, such as `rgb(1, 2, 3)`. */
function isDark(color) {
  const [red, green, blue] = (color.match(/[\d.]+/g) ?? [255, 255, 255]).map(Number);
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}

function sayHeight() {
  port.postMessage({ event: 'height', height: Math.ceil(document.body.getBoundingClientRect().height) });
}

/** @param {string} path */
function stepOf(path) { return /\/setup\/([a-z]+)$/.exec(path)?.[1] ?? ''; }

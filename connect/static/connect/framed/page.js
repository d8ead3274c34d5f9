// A seller's page in a frame of the platform's page: it tells how high it is, and which page it is.

const { page, base, actions } = document.documentElement.dataset;

let port;

window.addEventListener('message', (event) => {
  if (port || event.source !== window.parent || event.data?.rialto !== 'page') return;
  [port] = event.ports;
  new ResizeObserver(sayHeight).observe(document.body);
  sayHeight();
  port.postMessage({ event: 'ready', page, base, actions: Number(actions), step: stepOf(window.location.pathname) });
});
// It says nothing, so that any page may hear it: what follows goes through the port.
window.parent.postMessage({ rialto: 'seller' }, '*');

function sayHeight() {
  port.postMessage({ event: 'height', height: Math.ceil(document.body.getBoundingClientRect().height) });
}

/** @param {string} path */
function stepOf(path) { return /\/setup\/([a-z]+)$/.exec(path)?.[1] ?? ''; }

// The page of a session in a frame of the merchant's page: it tells how high it is, what is ordered, and what became
// of it.

const facts = document.documentElement.dataset;
const POLL_MILLISECONDS = 2000;

let port;
let isSent = false;

window.addEventListener('message', (event) => {
  if (port || event.source !== window.parent || event.data?.rialto !== 'page') return;
  [port] = event.ports;
  new ResizeObserver(sayHeight).observe(document.body);
  sayHeight();
  tell('ready');
  if (facts.report) tell('order', JSON.parse(facts.report));
  if (facts.state === 'complete') tell('complete', { address: facts.goesTo });
  if (facts.leavesTo) tell('leave', { address: facts.leavesTo });
});
window.addEventListener('pageshow', () => { isSent = false; });
// It says nothing, so that any page may hear it: what follows goes through the port.
window.parent.postMessage({ rialto: 'checkout' }, '*');
if (facts.state === 'action') watch();

/** Say by which method the payer pays, of whichever program the form is sent. */
document.getElementById('pay')?.addEventListener('formdata', ({ formData }) => {
  // Browsers say it twice of a form that is sent once.
  if (!port || isSent || formData.get('action') !== 'pay') return;
  isSent = true;
  const method = String(formData.get('method') ?? '');
  tell('submitted', { method: JSON.parse(facts.report).types[method] ?? method });
});

function tell(event, details = {}) { port.postMessage({ event, ...details }); }

function sayHeight() { tell('height', { height: Math.ceil(document.body.getBoundingClientRect().height) }); }

/** Go on once the payer has done what the bank asks: in the frame inside, or in a window of the bank. */
async function watch() {
  const inside = document.querySelector('iframe');
  for (;;) {
    await Promise.race([
      new Promise((done) => { inside?.addEventListener('load', done, { once: true }); }),
      new Promise((done) => { setTimeout(done, POLL_MILLISECONDS); }),
    ]);
    if (!document.hidden && await readState() !== 'action') break;
  }
  window.location.replace(`${facts.page}?on=1&framed=1`);
}

async function readState() {
  try {
    const answer = await fetch(`${facts.page}/status`, { cache: 'no-store' });
    return (await answer.json()).state;
  } catch {
    // Without a connection it asks again.
    return 'action';
  }
}

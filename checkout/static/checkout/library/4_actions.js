/** Our own pages for one payer and one payment, which may stand in a frame of the shop's page. */
const FRAMED_PAGES = ['3d-secure', 'konbini', 'paynow', 'pix', 'promptpay', 'swish'];
const POLL_MILLISECONDS = 2000;

const WORDS = {
  en: {
    close: 'Cancel',
    title: 'Confirm your payment',
    elsewhere: 'Your bank asks you to confirm this payment in a window of its own.',
    open: 'Open the bank’s page',
    closed: 'The payment was not confirmed: the window was closed before. Try again.',
  },
  th: {
    close: 'ยกเลิก',
    title: 'ยืนยันการชำระเงิน',
    elsewhere: 'ธนาคารของคุณขอให้ยืนยันการชำระเงินนี้ในหน้าต่างของธนาคาร',
    open: 'เปิดหน้าของธนาคาร',
    closed: 'การชำระเงินยังไม่ได้รับการยืนยัน เพราะหน้าต่างถูกปิดไปก่อน โปรดลองอีกครั้ง',
  },
};

/** Tell whether an address is one of those pages, and not a bank's of the same name. @param {string} address */
function isFramed(address) {
  const { origin, pathname } = new URL(address);
  return origin === ORIGIN && FRAMED_PAGES.includes(pathname.split('/')[1]);
}

/** @param {string} locale As the page gave it; `auto` for the browser's. */
function wordsOf(locale) {
  const language = locale && locale !== 'auto' ? locale : navigator.language;
  return language.startsWith('th') ? WORDS.th : WORDS.en;
}

/**
 * Return the address of what the payer has to do, and how it is shown.
 *
 * @param {any} action The intent's `next_action`.
 */
function readAction(action) {
  if (action.type === 'redirect_to_url') {
    const { url, return_url: back } = action.redirect_to_url;
    return { url, back, isFramed: isFramed(url) };
  }
  const { hosted_instructions_url: url, hosted_voucher_url: voucher } = action[action.type] ?? {};
  const shown = url ?? voucher;
  return { url: shown, isFramed: Boolean(shown) && isFramed(shown) };
}

/**
 * Let the payer do what an intent waits for.
 *
 * @param {Client} client Whose page it is.
 * @param {any} intent Which has a `next_action`.
 * @param {string} locale Of the page.
 * @returns {Promise<any>} The intent as it is then, or `{error}`. Never, if the payer leaves the page.
 */
async function handleAction(client, intent, locale) {
  const action = readAction(intent.next_action);
  if (!action.url) {
    return {
      error: makeError(
        'invalid_request_error', 'next_action_not_supported',
        `What the payer has to do (${intent.next_action.type}) cannot be shown here.`,
      ),
    };
  }
  if (action.back && !action.isFramed) {
    window.location.assign(action.url);
    return new Promise(() => {});
  }
  return showDialog(client, intent, action, wordsOf(locale));
}

/** Show a page in a dialog, or a button to open it, until the intent has moved on. */
async function showDialog(client, intent, action, words) {
  const dialog = buildDialog(action, words);
  const { path } = readSecret(intent.client_secret);
  const read = () => client.send('GET', path, { client_secret: intent.client_secret });
  const before = document.activeElement;
  const isClosed = new Promise((done) => dialog.root.addEventListener('close', () => done(true)));
  document.body.append(dialog.root);
  dialog.root.showModal();
  let latest = intent;
  try {
    for (;;) {
      const loads = new Promise((done) => dialog.frame?.addEventListener('load', done, { once: true }));
      const hasClosed = await Promise.race([isClosed, loads, sleep(POLL_MILLISECONDS)]);
      if (document.hidden && hasClosed !== true) continue;
      const answer = await read();
      if (!answer.error) latest = answer;
      if (latest.status !== 'requires_action') return latest;
      if (hasClosed === true) return closedEarly(latest, words);
    }
  } finally {
    dialog.root.close();
    dialog.root.remove();
    if (before instanceof HTMLElement) before.focus();
  }
}

/** A code can be paid after its window was closed; a challenge cannot be passed. */
function closedEarly(intent, words) {
  if (intent.next_action.type !== 'redirect_to_url') return intent;
  const kind = intent.object === 'setup_intent' ? 'setup_intent' : 'payment_intent';
  const code = `${kind}_authentication_failure`;
  return { error: makeError('invalid_request_error', code, words.closed, { [kind]: intent }) };
}

/** Build the dialog, with its style on it: the page's own policy may allow no other. */
function buildDialog(action, words) {
  const root = document.createElement('dialog');
  root.setAttribute('aria-label', words.title);
  Object.assign(root.style, {
    width: 'min(30rem, 96vw)', height: 'min(44rem, 94vh)', maxWidth: '96vw', maxHeight: '94vh', padding: '0',
    border: '0', borderRadius: '8px', overflow: 'hidden', background: 'Canvas', color: 'CanvasText',
    font: '1rem/1.5 system-ui, sans-serif',
  });
  const column = document.createElement('div');
  Object.assign(column.style, { display: 'flex', flexDirection: 'column', height: '100%' });
  const close = makeButton(words.close, () => root.close());
  close.style.alignSelf = 'flex-end';
  column.append(close);
  let frame;
  if (action.isFramed) {
    const address = new URL(action.url);
    address.searchParams.set('framed', '1');
    frame = document.createElement('iframe');
    frame.src = address.href;
    frame.title = words.title;
    Object.assign(frame.style, { border: '0', flex: '1', width: '100%' });
    column.append(frame);
  } else {
    const text = document.createElement('p');
    text.textContent = words.elsewhere;
    text.style.margin = '1rem';
    column.append(text, makeButton(words.open, () => window.open(action.url, '_blank', 'noopener')));
  }
  root.append(column);
  return { root, frame };
}

function makeButton(text, press) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = text;
  Object.assign(button.style, {
    font: 'inherit', minHeight: '44px', padding: '0 1rem', margin: '4px', border: '1px solid currentColor',
    borderRadius: '6px', background: 'transparent', color: 'inherit', cursor: 'pointer',
  });
  button.addEventListener('click', press);
  return button;
}

// Rialto's library for platforms that show their sellers pages inside of their own. It is our own code under the
// names that pages written for Connect.js use; Rialto is not affiliated with Stripe.
(() => {
'use strict';

/** Where this script came from: the pages are there too. */
const ORIGIN = new URL(/** @type {HTMLScriptElement} */ (document.currentScript).src).origin;
/** How long a page may take until it is heard of. */
const SILENT_MILLISECONDS = 20_000;
/** Component → the page that shows it. */
const PAGES = {
  'account-management': 'setup/review',
  'account-onboarding': 'setup/',
  balances: 'home?part=balances',
  'disputes-list': 'home?part=disputes-list',
  documents: 'home?part=documents',
  'notification-banner': 'home?part=notification-banner',
  payments: 'home?part=payments',
  payouts: 'home?part=payouts',
  'payouts-list': 'home?part=payouts',
};
/** Components without a page: they say so, where a page listens. */
const ABSENT = [
  'balance-report', 'financial-account', 'financial-account-transactions', 'instant-payouts-promotion', 'issuing-card',
  'issuing-cards-list', 'payment-details', 'payment-disputes', 'payout-details', 'payout-reconciliation-report',
  'tax-registrations', 'tax-settings',
];
/** Variables of `appearance` → what they change of our pages. */
const LOOKS = {
  badgeSuccessColorText: '--good', borderRadius: '--radius', buttonPrimaryColorBackground: '--button',
  buttonPrimaryColorText: '--on', colorBackground: '--ground', colorBorder: '--line', colorDanger: '--bad',
  colorPrimary: '--main', colorText: '--text', fontFamily: '--font', fontSizeBase: '--size',
  formBackgroundColor: '--field', offsetBackgroundColor: '--soft',
};
/** The languages of our pages; in another one they follow the browser. */
const LANGUAGES = ['en', 'th'];
const LISTENERS = ['LoadError', 'LoaderStart', 'Exit', 'StepChange', 'NotificationsChange'];
/** What pages may say of a component and ours do not heed. */
const PASSED_OVER = [
  'setCardSwitching', 'setCollectionOptions', 'setDefaultCard', 'setDefaultFilters', 'setDisplayCountries',
  'setDisplayHeadOfficeCountries', 'setFetchEphemeralKey', 'setFinancialAccount', 'setFullTermsOfServiceUrl',
  'setHideProductTaxCodeSelector', 'setIssuingProgram', 'setOnAfterTaxRegistrationAdded',
  'setOnAfterTaxRegistrationExpired', 'setOnClose', 'setOnDisputesLoaded', 'setOnInstantPayoutCreated',
  'setOnInstantPayoutsPromotionLoaded', 'setOnReportAvailabilityLoaded', 'setOnSectionOpen', 'setOnTaxSettingsUpdated',
  'setPayment', 'setPayout', 'setPrivacyPolicyUrl', 'setRecipientTermsOfServiceUrl', 'setShowSpendControls',
  'setSkipTermsOfServiceCollection',
];

/** A page of ours in a frame, to which we speak through a port that nobody else has. */
class Frame {
  /**
   * @param {string} path Of the page.
   * @param {string} title
   * @param {(message: any) => void} hear
   * @param {object} [look] Properties of its style → values.
   */
  constructor(path, title, hear, look = {}) {
    this.hear = hear;
    this.look = look;
    this.element = document.createElement('iframe');
    this.element.src = new URL(path, ORIGIN).href;
    this.element.title = title;
    this.element.style.cssText = 'border:0;display:block;width:100%;height:4em;color-scheme:normal';
    this.greet = (event) => this.#greet(event);
    window.addEventListener('message', this.greet);
    this.timer = setTimeout(() => hear({ event: 'silent' }), SILENT_MILLISECONDS);
  }

  #greet(event) {
    if (event.origin !== ORIGIN || event.source !== this.element.contentWindow) return;
    if (event.data?.rialto !== 'seller') return;
    clearTimeout(this.timer);
    const { port1, port2 } = new MessageChannel();
    this.port?.close();
    this.port = port1;
    port1.onmessage = ({ data }) => {
      if (data.event === 'height') this.element.style.height = `${data.height}px`;
      else this.hear(data);
    };
    event.source.postMessage({ rialto: 'page', look: this.look }, ORIGIN, [port2]);
  }

  /** @param {object} look What it looks like from now on. */
  dress(look) {
    this.look = look;
    this.port?.postMessage({ look });
  }

  remove() {
    clearTimeout(this.timer);
    window.removeEventListener('message', this.greet);
    this.port?.close();
    this.element.remove();
  }
}

/** One seller's pages, which its components share. */
class Connector {
  /** @param {any} params As `init` takes them. */
  constructor(params) {
    this.params = params;
    this.elements = new Set();
    this.look = {};
    this.language = '';
    this.heed(params);
  }

  /**
   * Take what a page says of looks and language, and say what changes nothing.
   *
   * @param {any} given As `init` and `update` take it.
   */
  heed({ appearance, locale, ...others }) {
    const { variables = {}, ...rest } = appearance ?? {};
    const known = Object.entries(variables).filter(([name]) => name in LOOKS);
    if (appearance) this.look = Object.fromEntries(known.map(([name, value]) => [LOOKS[name], String(value)]));
    const language = String(locale ?? '').slice(0, 2).toLowerCase();
    if (locale) this.language = LANGUAGES.includes(language) ? language : '';
    const idle = [
      ...Object.keys(variables).filter((name) => !(name in LOOKS)), ...Object.keys(rest),
      ...['displayOptions', 'fonts'].filter((name) => others[name]),
      ...(locale && !this.language ? [`locale '${locale}'`] : []),
    ];
    if (idle.length) console.warn(`Rialto: ${idle.join(', ')} change nothing.`);
  }

  /** @param {any} changes As `update` takes them. */
  update(changes) {
    const before = this.language;
    this.heed(changes);
    for (const element of this.elements) element.follow(before !== this.language);
  }

  /** Return the address of a page in the language that is wanted. @param {string} base @param {string} page */
  address(base, page) {
    const start = this.language ? base.replace(/^\/embedded\//, `$&${this.language}~`) : base;
    return start + page;
  }

  /** Let the seller in, once for all components. @returns {Promise<string>} What its pages' addresses begin with. */
  enter() {
    this.entered ??= this.#enter();
    return this.entered;
  }

  /** Let the seller in anew: what let it in lasts for an hour. */
  reenter() {
    this.entered = undefined;
    return this.enter();
  }

  async #enter() {
    const eager = this.params.metaOptions?.eagerClientSecretPromise;
    delete this.params.metaOptions;
    const secret = await (eager ?? this.params.fetchClientSecret());
    let frame;
    try {
      return await new Promise((done, fail) => {
        frame = new Frame(`/sellers/enter/${encodeURIComponent(secret)}?framed=1`, 'Rialto', ({ event, base }) => {
          if (event === 'ready' && base) done(base);
          else fail(new Error('The account session is used up or over. Make a new one.'));
        });
        frame.element.hidden = true;
        document.body.append(frame.element);
      });
    } finally {
      frame.remove();
    }
  }
}

/** A component: an element with a page of ours in it. */
class Component extends HTMLElement {
  static page = '';
  #listeners = {};

  /** @param {Connector} connector */
  setConnector(connector) {
    this.connector = connector;
    connector.elements.add(this);
    this.show();
  }

  connectedCallback() { this.show(); }

  disconnectedCallback() { this.clear(); }

  listen(name, listener) { this.#listeners[name] = listener; }

  #tell(name, details) { this.#listeners[name]?.(details); }

  clear() {
    this.frame?.remove();
    this.frame = undefined;
  }

  /** Take over a new look; another language is another page. @param {boolean} isOther */
  follow(isOther) {
    if (!isOther) {
      this.frame?.dress(this.connector.look);
    } else if (this.frame) {
      this.clear();
      this.show();
    }
  }

  async show() {
    if (!this.connector || !this.isConnected || this.frame || this.isEntering) return;
    this.isEntering = true;
    // The package hands over the page's listeners right after this.
    await new Promise((done) => { setTimeout(done); });
    const elementTagName = this.localName.replace('stripe-connect-', '');
    this.#tell('LoaderStart', { elementTagName });
    try {
      const { page } = /** @type {typeof Component} */ (this.constructor);
      if (!page) throw new Error(`Rialto has no ${elementTagName}. Its guide "What sellers may do" says what there is.`);
      const base = await this.connector.enter();
      if (!this.isConnected) return;
      const address = this.connector.address(base, page);
      this.frame = new Frame(address, elementTagName, (message) => this.#hear(message), this.connector.look);
      this.replaceChildren(this.frame.element);
    } catch (error) {
      this.#fail(error.message);
    } finally {
      this.isEntering = false;
    }
  }

  #hear({ event, page, actions, step }) {
    if (event === 'silent') this.#fail('The page cannot be shown here.');
    else if (page === 'gone') this.#renew();
    else if (this.localName.endsWith('notification-banner')) {
      this.#tell('NotificationsChange', { total: actions, actionRequired: actions });
    } else if (this.localName.endsWith('account-onboarding')) {
      if (page === 'home') this.#tell('Exit');
      else if (step) this.#tell('StepChange', { step });
    }
  }

  /** Begin again with another secret, once: what let the seller in is over. */
  async #renew() {
    this.clear();
    if (this.isRenewed) return this.#fail('The account session is over.');
    this.isRenewed = true;
    this.connector.entered = undefined;
    return this.show();
  }

  #fail(message) {
    console.error(`Rialto: ${message}`);
    this.#tell('LoadError', { error: { type: 'api_error', message }, elementTagName: this.localName.slice(15) });
  }
}
for (const name of LISTENERS) {
  Component.prototype[`setOn${name}InternalOnly`] = function set(listener) { this.listen(name, listener); };
}
for (const name of PASSED_OVER) {
  Component.prototype[`${name}InternalOnly`] = function pass() { console.warn(`Rialto: ${name} changes nothing.`); };
}
for (const name of [...Object.keys(PAGES), ...ABSENT]) {
  customElements.define(`stripe-connect-${name}`, class extends Component { static page = PAGES[name] ?? ''; });
}

/**
 * Start components for a seller.
 *
 * @param {any} params `publishableKey`, `fetchClientSecret`, `appearance`, `locale`.
 */
function init(params) {
  const connect = new Connector({ ...params });
  return {
    connect,
    create(tag) {
      const element = /** @type {Component} */ (document.createElement(`stripe-connect-${tag}`));
      element.setConnector(connect);
      return element;
    },
    update(changes) { connect.update(changes); },
    debugInstance: () => connect,
    /** Forget the seller: its components are empty, and another secret lets it in. */
    async logout() {
      connect.entered = undefined;
      for (const element of connect.elements) {
        element.clear();
        element.connector = undefined;
      }
    },
  };
}

Object.assign(window, { StripeConnect: { init } });
})();

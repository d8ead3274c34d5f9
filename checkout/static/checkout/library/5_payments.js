/** Methods that confirm with one type of payment method: their name's middle → the type. */
const CONFIRMED_TYPES = {
  AcssDebit: 'acss_debit', Affirm: 'affirm', AfterpayClearpay: 'afterpay_clearpay', Alipay: 'alipay',
  AmazonPay: 'amazon_pay', AuBecsDebit: 'au_becs_debit', BacsDebit: 'bacs_debit', Bancontact: 'bancontact',
  Billie: 'billie', Blik: 'blik', Boleto: 'boleto', Cashapp: 'cashapp', CustomerBalance: 'customer_balance',
  Eps: 'eps', Fpx: 'fpx', Giropay: 'giropay', GrabPay: 'grabpay', Ideal: 'ideal', Klarna: 'klarna',
  Konbini: 'konbini', Mobilepay: 'mobilepay', Multibanco: 'multibanco', Oxxo: 'oxxo', P24: 'p24',
  PayByBank: 'pay_by_bank', PayNow: 'paynow', PayPal: 'paypal', Pix: 'pix', PromptPay: 'promptpay',
  SepaDebit: 'sepa_debit', Sofort: 'sofort', Swish: 'swish', Twint: 'twint', UsBankAccount: 'us_bank_account',
  WechatPay: 'wechat_pay',
};
/** Types that nobody may be charged by without a permission, which a payer gives by confirming. */
const NEEDS_MANDATE = new Set(['acss_debit', 'au_becs_debit', 'bacs_debit', 'sepa_debit', 'us_bank_account']);
const BY_CONFIRMING = { customer_acceptance: { type: 'online', online: { infer_from_client: true } } };
const DONE = new Set(['succeeded', 'processing', 'requires_capture', 'requires_confirmation']);

/** What pages ask to be done with intents, methods and tokens. */
class Payments {
  /** @param {Client} client Whose page it is. @param {string} locale Of the page. */
  constructor(client, locale) {
    this.client = client;
    this.locale = locale;
  }

  /**
   * Confirm the intent of a form, and go to `return_url` unless that is not wanted.
   *
   * @param {any} options As `confirmPayment` and `confirmSetup` take them.
   * @param {'payment_intent' | 'setup_intent'} kind What is confirmed.
   */
  async confirmForm({ elements, clientSecret, confirmParams = {}, redirect = 'always' }, kind) {
    const secret = clientSecret ?? elements?._options.clientSecret;
    if (!secret) return { error: missing('clientSecret', 'Give it to elements(), or to this method.') };
    if (redirect !== 'if_required' && !confirmParams.return_url) {
      return { error: missing('return_url', "Say in confirmParams where payers come back to, or redirect: 'if_required'.") };
    }
    const intent = readSecret(secret);
    if (intent.kind !== kind) {
      return { error: makeError('invalid_request_error', 'client_secret_invalid', `${intent.id} is no ${kind}.`) };
    }
    const { payment_method_data: data, ...params } = confirmParams;
    if (!params.payment_method && !params.confirmation_token) {
      const made = await this.makeMethod(elements, undefined, data ?? {});
      if (made.error) return made;
      params.payment_method = made.id;
      if (NEEDS_MANDATE.has(made.type)) params.mandate_data ??= BY_CONFIRMING;
      const { shipping } = await elements._details();
      if (shipping && kind === 'payment_intent') params.shipping ??= shipping;
      const usage = kind === 'payment_intent' && await elements._usageOf(made);
      if (usage) params.setup_future_usage ??= usage;
    }
    const result = await this.confirm(secret, params, true);
    if (result.error || redirect === 'if_required') return result;
    window.location.assign(returnAddress(params.return_url, result[intent.field]));
    return new Promise(() => {});
  }

  /**
   * Confirm with one type: what `confirmCardPayment` and its neighbours do.
   *
   * @param {string} type Of the payment method.
   * @param {'payment_intent' | 'setup_intent'} kind What is confirmed.
   * @param {string} secret Of the intent.
   * @param {any} [data] Parameters; `payment_method` may hold an element.
   * @param {{handleActions?: boolean}} [options]
   */
  async confirmType(type, kind, secret, data = {}, options = {}) {
    const intent = readSecret(secret);
    if (intent.kind !== kind) {
      return { error: makeError('invalid_request_error', 'client_secret_invalid', `${intent.id} is no ${kind}.`) };
    }
    const given = data instanceof FormElement ? { payment_method: { [type]: data } } : data;
    const { payment_method: method, ...params } = given;
    if (params.payment_method_options?.card?.cvc) {
      return { error: unsupported('A security code for a saved card cannot be collected again.') };
    }
    const acts = options.handleActions !== false;
    if (method === undefined && acts) {
      const found = await this.retrieve(secret);
      if (found.error || found[intent.field].status === 'requires_action') return this.act(found, secret);
      if (type !== 'card' && !found[intent.field].payment_method) params.payment_method_data = { type };
    } else if (typeof method === 'string') {
      params.payment_method = method;
    } else if (method) {
      const made = await this.createMethod({ type, ...method });
      if (made.error) return made;
      params.payment_method = made.paymentMethod.id;
    }
    if (NEEDS_MANDATE.has(type)) params.mandate_data ??= BY_CONFIRMING;
    return this.confirm(secret, params, acts);
  }

  /** Confirm an intent, and let the payer do what it then waits for. */
  async confirm(secret, params, acts) {
    const { path, field } = readSecret(secret);
    const answer = await this.client.send('POST', `${path}/confirm`, { ...params, client_secret: secret });
    const result = answer.error ? { error: answer.error } : { [field]: answer };
    return acts ? this.act(result, secret) : result;
  }

  /** Let the payer act, if an intent waits for that. */
  async act(result, secret) {
    const { kind, field } = readSecret(secret);
    const intent = result[field];
    if (intent?.status !== 'requires_action') return result;
    const after = await handleAction(this.client, intent, this.locale);
    if (after.error) return after;
    const failed = after.last_payment_error ?? after.last_setup_error;
    if (after.status === 'requires_payment_method' && failed) {
      return { error: { ...failed, [kind]: after } };
    }
    return { [field]: after };
  }

  /** @param {string} secret @returns {Promise<any>} */
  async handle(secret) {
    return this.act(await this.retrieve(secret), secret);
  }

  /** @param {string} secret @returns {Promise<any>} */
  async retrieve(secret) {
    const { path, field } = readSecret(secret);
    const answer = await this.client.send('GET', path, { client_secret: secret });
    return answer.error ? { error: answer.error } : { [field]: answer };
  }

  /** Make a payment method of a form; what other elements hold is part of it. */
  async makeMethod(elements, element, params) {
    if (!elements && !element) return { error: missing('elements', 'Or name a payment_method.') };
    const group = elements ?? element._group;
    const { billing } = await group._details();
    const details = merge(billing, params.billing_details);
    return group._make('payment_methods', { ...params, billing_details: details }, element);
  }

  /** Make a payment method, in any of the ways that `createPaymentMethod` takes. */
  async createMethod(given, element, more) {
    if (typeof given === 'string') return this.createMethod({ type: given, [given]: element, ...more });
    const { elements, element: one, params, ...data } = given;
    const part = data[data.type];
    let made;
    if (elements || one) {
      if (elements && !elements._isSubmitted && elements.getElement('payment')) {
        const checked = await elements.submit();
        if (checked.error) return checked;
      }
      made = await this.makeMethod(elements, one, params ?? {});
    } else if (part instanceof FormElement) {
      const { [data.type]: _, type: __, ...rest } = data;
      made = await this.makeMethod(undefined, part, rest);
    } else {
      made = await this.client.send('POST', 'payment_methods', data);
    }
    return made.error ? { error: made.error } : { paymentMethod: made };
  }

  /** Make a token of an element, or of what the page knows itself. */
  async createToken(given, data = {}) {
    let made;
    if (given instanceof FormElement) {
      if (given._type === 'iban') return { error: unsupported('Make a payment method of the IBAN instead.') };
      made = await given._group._make('tokens', data, given);
    } else if (given === 'cvc_update') {
      return { error: unsupported('A security code for a saved card cannot be collected again.') };
    } else {
      made = await this.client.send('POST', 'tokens', { [given]: data });
    }
    return made.error ? { error: made.error } : { token: made };
  }

  /** @param {{elements: Elements, params?: any}} options */
  async createConfirmationToken({ elements, params = {} }) {
    const { payment_method_data: data = {}, ...rest } = params;
    const { billing, shipping } = await elements._details();
    const made = await elements._make('confirmation_tokens', {
      ...(shipping ? { shipping } : {}), ...rest,
      payment_method_data: { ...data, billing_details: merge(billing, data.billing_details) },
    });
    return made.error ? { error: made.error } : { confirmationToken: made };
  }
}

const missing = (param, advice) =>
  makeError('invalid_request_error', 'parameter_missing', `Missing: ${param}. ${advice}`, { param });

const unsupported = (advice) =>
  makeError('invalid_request_error', 'not_supported', `Rialto does not support this. ${advice}`);

/** Put what the page says over what the payer typed in, part by part. */
function merge(below, above = {}) {
  const address = { ...below.address, ...above.address };
  return { ...below, ...above, ...(Object.keys(address).length ? { address } : {}) };
}

/** Return where the payer goes back to, with what the shop looks the payment up by. */
function returnAddress(address, intent) {
  const kind = intent.object;
  const back = new URL(address, window.location.href);
  back.searchParams.set(kind, intent.id);
  back.searchParams.set(`${kind}_client_secret`, intent.client_secret);
  back.searchParams.set('redirect_status', DONE.has(intent.status) ? 'succeeded' : 'failed');
  return back.href;
}

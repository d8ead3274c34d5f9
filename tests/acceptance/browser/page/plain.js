// A page as shops wrote them before there were frameworks.
const asked = new URLSearchParams(window.location.search);
const stripe = window.Stripe(asked.get('key'));
const elements = stripe.elements();
const number = elements.create('cardNumber');
const iban = stripe.elements().create('iban', { supportedCountries: ['SEPA'] });
number.mount('#number');
elements.create('cardExpiry').mount('#expiry');
elements.create('cardCvc').mount('#code');
iban.mount('#iban');

const show = (result) => { document.querySelector('output').textContent = JSON.stringify(result); };
const nameOfError = (run) => {
  try { return run(); } catch (error) { return error.name; }
};
const press = (id, run) => document.getElementById(id).addEventListener('click', async () => show(await run()));

press('token', () => stripe.createToken(number, { name: 'Jenny Rosen' }));
press('method', () => stripe.createPaymentMethod({
  type: 'card', card: number, billing_details: { name: 'Jenny Rosen' },
}));
press('debit', () => stripe.confirmSepaDebitPayment(asked.get('secret'), {
  payment_method: { sepa_debit: iban, billing_details: { name: 'Jenny Rosen', email: 'jenny@example.com' } },
}));
press('code-to-scan', () => stripe.confirmPromptPayPayment(asked.get('secret'), {
  payment_method: { billing_details: { email: 'somchai@example.com' } },
}));
press('open-embedded', async () => {
  const embedded = await stripe.initEmbeddedCheckout({ clientSecret: asked.get('session') });
  embedded.mount('#embedded');
  window.embedded = embedded;
  const other = await stripe.initEmbeddedCheckout({}).catch((error) => error.name);
  return { mounted: Boolean(document.querySelector('#embedded iframe')), again: other };
});
press('open-elements', async () => {
  const checkout = stripe.initCheckout({ fetchClientSecret: async () => asked.get('session') });
  checkout.createPaymentElement().mount('#embedded');
  const heard = [];
  checkout.on('change', (session) => heard.push(session.email));
  const { actions } = await checkout.loadActions();
  const wrong = await actions.updateEmail('jenny@');
  await actions.updateEmail('jenny@example.com');
  window.checkout = actions;
  const session = actions.getSession();
  return {
    heard, wrong: wrong.error.code, status: session.status.type, divisor: session.minorUnitsAmountDivisor,
    absent: await actions.updateTaxIdInfo(null).catch((error) => error.name),
    form: nameOfError(() => stripe.initCheckoutFormSdk({})),
  };
});
press('hosted', async () => (await stripe.redirectToCheckout({ sessionId: asked.get('session') })).error);
press('others', async () => {
  const wallet = await stripe.paymentRequest({}).canMakePayment();
  const unknown = await stripe.createRadarSession().catch((error) => error.name);
  const express = await new Promise((done) => {
    const element = elements.create('expressCheckout');
    element.on('ready', (event) => done(event.availablePaymentMethods ?? null));
    element.mount(document.createElement('div'));
  });
  return { wallet, unknown, express, awaited: (await Promise.resolve(stripe)) === stripe };
});

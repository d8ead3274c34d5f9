// What a shop does with the official package for Node, of whichever time.
const { createRequire } = require('node:module');
const Stripe = createRequire(`${process.env.CLIENT_PLACE}/`)('stripe');

const base = new URL(process.env.CLIENT_BASE);
const options = { host: base.hostname, port: base.port, protocol: 'http', telemetry: false };
if (process.env.CLIENT_VERSION) options.apiVersion = process.env.CLIENT_VERSION;
const stripe = new (Stripe.default || Stripe)(process.env.CLIENT_KEY, options);
const done = [];
const marks = new Set();

function check(step, holds) {
  if (!holds) throw new Error(`${step} does not hold`);
  done.push(step);
}

async function shop() {
  const customer = await stripe.customers.create({ email: 'ada@shop.example', metadata: { plan: 'one' } });
  check('a customer is made', customer.metadata.plan === 'one');
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
  check('a card is kept', method.customer === customer.id);
  const wanted = {
    amount: 2000, currency: 'usd', customer: customer.id, payment_method: method.id,
    confirm: true, off_session: true, payment_method_types: ['card'],
  };
  const once = { idempotencyKey: `order-1-${customer.id}` };
  const paid = await stripe.paymentIntents.create(wanted, once);
  const again = await stripe.paymentIntents.create(wanted, once);
  check('a payment succeeds', paid.status === 'succeeded' && again.id === paid.id);
  let charge;
  if (paid.charges) {
    marks.add('charges inside');
    [charge] = paid.charges.data;
    if (charge.refunds) marks.add('refunds inside');
  } else {
    charge = await stripe.charges.retrieve(paid.latest_charge, { expand: ['balance_transaction'] });
    check('its line expands', charge.balance_transaction.amount === 2000);
  }
  check('a charge is paid', charge.paid && charge.payment_intent === paid.id);
  const refund = await stripe.refunds.create({ charge: charge.id, amount: 500 });
  check('a refund is made', refund.status === 'succeeded');
  try {
    await stripe.paymentIntents.create({
      amount: 900, currency: 'usd', payment_method: 'pm_card_chargeDeclined', confirm: true,
      payment_method_types: ['card'],
    });
    check('a decline is an error', false);
  } catch (error) {
    check('a decline is an error', error.type === 'StripeCardError' && error.code === 'card_declined');
  }
  const listed = [];
  for await (const one of stripe.charges.list({ limit: 1 })) listed.push(one.id);
  check('pages follow each other', new Set(listed).size === listed.length && listed.length >= 2);
  const endpoint = await stripe.webhookEndpoints.create({
    url: 'https://shop.example/hooks', enabled_events: ['charge.succeeded'], api_version: '2020-08-27',
  });
  check('an endpoint has a secret', endpoint.secret.startsWith('whsec_'));
  check('an endpoint is deleted', (await stripe.webhookEndpoints.del(endpoint.id)).deleted);
  const events = await stripe.events.list({ type: 'payment_intent.succeeded', limit: 1 });
  const told = events.data[0].data.object;
  check('an event tells of it', told.id === paid.id && !told.charges === !paid.charges);
  console.log(JSON.stringify({ done, marks: [...marks].sort() }));
}

shop().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});

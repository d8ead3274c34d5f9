// The sync engine copies a shop into PostgreSQL: its own tables, backfills and signed webhooks.
const http = require('node:http');
const { once } = require('node:events');
const { createRequire } = require('node:module');
const required = createRequire(`${process.env.CLIENT_PLACE}/`);
const Stripe = required('stripe');
const { StripeSync, runMigrations } = required('@supabase/stripe-sync-engine');
const { Client: Database } = required('pg');

const base = new URL(process.env.CLIENT_BASE);
const options = { host: base.hostname, port: base.port, protocol: 'http', telemetry: false };
if (process.env.CLIENT_VERSION) options.apiVersion = process.env.CLIENT_VERSION;
const stripe = new (Stripe.default || Stripe)(process.env.CLIENT_KEY, options);
const databaseUrl = process.env.CLIENT_DATABASE;
const done = [];
const marks = new Set();
const TABLES = [
  'charges', 'customers', 'disputes', 'payment_intents', 'payment_methods', 'refunds', 'setup_intents',
];

function check(step, holds) {
  if (!holds) throw new Error(`${step} does not hold`);
  done.push(step);
}

async function sell() {
  const customer = await stripe.customers.create({ email: 'ada@shop.example', name: 'Ada' });
  const card = { customer: customer.id, confirm: true, payment_method_types: ['card'] };
  await stripe.setupIntents.create({ ...card, payment_method: 'pm_card_visa' });
  const wanted = { ...card, amount: 2000, currency: 'usd' };
  const paid = await stripe.paymentIntents.create({ ...wanted, payment_method: 'pm_card_visa' });
  await stripe.refunds.create({ payment_intent: paid.id, amount: 500 });
  const disputed = await stripe.paymentIntents.create({
    ...wanted, payment_method: 'pm_card_createDispute',
  });
  for (let tries = 0; tries < 150; tries += 1) {
    const { data } = await stripe.disputes.list({ payment_intent: disputed.id });
    if (data.length) return { customer, paid };
    await new Promise((go) => setTimeout(go, 200));
  }
  throw new Error('there is no dispute');
}

async function mirrored(database, sync, { customer, paid }) {
  const counts = await sync.syncBackfill({ object: 'all', backfillRelatedEntities: true });
  for (const table of TABLES) {
    const { rows } = await database.query(`SELECT count(*)::int AS n FROM stripe.${table}`);
    check(`${table} are mirrored: ${rows[0].n}`, rows[0].n > 0);
  }
  check('all was backfilled', Object.values(counts).every((kind) => Number.isInteger(kind.synced)));
  const { rows: [row] } = await database.query(
    `SELECT i.amount, c.amount_refunded, c.refunds, r.amount AS refund, u.email
     FROM stripe.payment_intents i
     JOIN stripe.charges c ON c.payment_intent = i.id
     JOIN stripe.refunds r ON r.charge = c.id
     JOIN stripe.customers u ON u.id = i.customer
     WHERE i.id = $1`, [paid.id]);
  check('what is mirrored belongs together', row.email === customer.email);
  check('amounts are right', row.amount === '2000' || row.amount === 2000);
  check('refunds are right', Number(row.amount_refunded) === 500 && row.refund === 500);
  if (row.refunds) marks.add('refunds inside');
}

async function told(database, sync, customer) {
  const answers = [];
  const server = http.createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    try {
      await sync.processWebhook(Buffer.concat(parts), request.headers['stripe-signature']);
      answers.push('believed');
    } catch (error) {
      answers.push(error.message);
    }
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = await stripe.webhookEndpoints.create({
    url: `http://127.0.0.1:${server.address().port}/`, enabled_events: ['customer.updated'],
    ...(options.apiVersion ? { api_version: options.apiVersion } : {}),
  });
  sync.config.stripeWebhookSecret = endpoint.secret;
  // It keeps what it read unless what it is told happened in a later second.
  await new Promise((go) => setTimeout(go, 1000 - (Date.now() % 1000)));
  await stripe.customers.update(customer.id, { name: 'Ada L' });
  // Events go out once no older transaction is open, and other tests hold theirs for a while.
  for (let tries = 0; tries < 450 && !answers.length; tries += 1) {
    await new Promise((go) => setTimeout(go, 200));
  }
  await stripe.webhookEndpoints.del(endpoint.id);
  server.close();
  check(`a delivery is believed: ${answers}`, answers[0] === 'believed');
  const { rows } = await database.query('SELECT name FROM stripe.customers WHERE id = $1', [customer.id]);
  check('and mirrored', rows[0].name === 'Ada L');
  const refused = await sync.processWebhook('{}', 't=1,v1=00').catch((error) => error);
  check('a forged one is not', refused.type === 'StripeSignatureVerificationError');
}

async function main() {
  const shop = await sell();
  await runMigrations({ databaseUrl, schema: 'stripe' });
  const sync = new StripeSync({
    poolConfig: { connectionString: databaseUrl, max: 3 },
    stripeSecretKey: process.env.CLIENT_KEY, stripeWebhookSecret: '', autoExpandLists: true,
  });
  // It has no setting for another address than the usual one: it is handed the official package.
  sync.stripe = stripe;
  const database = new Database({ connectionString: databaseUrl });
  await database.connect();
  await mirrored(database, sync, shop);
  await told(database, sync, shop.customer);
  await database.end();
  await sync.close();
  console.log(JSON.stringify({ done, marks: [...marks].sort() }));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});

// A shop's page as its developers write it: nothing in it knows that the library is Rialto's.
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import {
  AddressElement, CardElement, Elements, LinkAuthenticationElement, PaymentElement, useElements, useStripe,
} from '@stripe/react-stripe-js';
import { loadStripe } from '@stripe/stripe-js';

const asked = new URLSearchParams(window.location.search);
const flow = asked.get('flow');
const secret = asked.get('secret');
const stripePromise = loadStripe(asked.get('key'), { locale: asked.get('locale') ?? 'en' });
const back = `${window.location.origin}${window.location.pathname}?flow=back&key=${asked.get('key')}`;

const PAYS = {
  payment: (stripe, elements) => stripe.confirmPayment({ elements, confirmParams: { return_url: back } }),
  here: (stripe, elements) =>
    stripe.confirmPayment({ elements, confirmParams: { return_url: back }, redirect: 'if_required' }),
  deferred: async (stripe, elements) => {
    const { error } = await elements.submit();
    if (error) return { error };
    const { clientSecret } = await (await fetch('intent', { method: 'POST' })).json();
    return stripe.confirmPayment({ elements, clientSecret, confirmParams: { return_url: back }, redirect: 'if_required' });
  },
  token: (stripe, elements) => stripe.createConfirmationToken({ elements, params: { return_url: back } }),
  setup: (stripe, elements) => stripe.confirmSetup({ elements, redirect: 'if_required' }),
  card: (stripe, elements) =>
    stripe.confirmCardPayment(secret, {
      payment_method: { card: elements.getElement(CardElement), billing_details: { name: 'Jenny Rosen' } },
    }),
};

function Form() {
  const stripe = useStripe();
  const elements = useElements();
  const [result, setResult] = useState('');
  const [isComplete, setComplete] = useState(false);
  const hear = (event) => setComplete(event.complete);
  const pay = async (event) => {
    event.preventDefault();
    setResult('');
    setResult(JSON.stringify(await PAYS[flow](stripe, elements)));
  };
  return (
    <form onSubmit={pay}>
      {flow === 'card'
        ? <CardElement onChange={hear} options={{ style: { base: { color: 'rgb(1, 2, 3)' } } }} />
        : <PaymentElement onChange={hear} />}
      {flow === 'deferred' && <LinkAuthenticationElement />}
      {flow === 'deferred' && <AddressElement options={{ mode: 'shipping' }} />}
      <button disabled={!stripe}>Pay</button>
      <output data-complete={isComplete}>{result}</output>
    </form>
  );
}

function Back() {
  const stripe = useStripe();
  const [result, setResult] = useState('');
  const look = async () => setResult(
    JSON.stringify(await stripe.retrievePaymentIntent(asked.get('payment_intent_client_secret'))),
  );
  return <form action={look}><button disabled={!stripe}>Look</button><output>{result}</output></form>;
}

const options = ['deferred', 'token'].includes(flow)
  ? { mode: 'payment', amount: 2000, currency: 'eur' }
  : { customerSessionClientSecret: asked.get('customer') ?? undefined, clientSecret: flow === 'back' ? undefined : secret, appearance: { variables: { colorPrimary: '#0a5' } } };

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <Elements stripe={stripePromise} options={options}>{flow === 'back' ? <Back /> : <Form />}</Elements>
  </StrictMode>,
);

// A shop's page with a checkout inside, as its developers write it.
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { EmbeddedCheckout, EmbeddedCheckoutProvider } from '@stripe/react-stripe-js';
import {
  CheckoutElementsProvider, ContactDetailsElement, PaymentElement, ShippingAddressElement, useCheckoutElements,
} from '@stripe/react-stripe-js/checkout';
import { loadStripe } from '@stripe/stripe-js';

const asked = new URLSearchParams(window.location.search);
const stripePromise = loadStripe(asked.get('key'));
const secret = asked.get('secret');
const flow = asked.get('flow');
window.heard = [];
const onAnalyticsEvent = (event) => window.heard.push(event);

function Embedded() {
  const [isDone, setDone] = useState(false);
  const [options] = useState({ fetchClientSecret: async () => secret, onAnalyticsEvent, onComplete: () => setDone(true) });
  if (isDone) return <output>{JSON.stringify({ isDone })}</output>;
  return (
    <EmbeddedCheckoutProvider stripe={stripePromise} options={options}><EmbeddedCheckout /></EmbeddedCheckoutProvider>
  );
}

function Order() {
  const state = useCheckoutElements();
  const [result, setResult] = useState('');
  if (state.type === 'loading') return <p>Loading</p>;
  if (state.type === 'error') return <output>{JSON.stringify(state.error)}</output>;
  const { checkout } = state;
  const [line] = checkout.lineItems;
  const show = async (asking) => { setResult(''); setResult(JSON.stringify(await asking)); };
  return (
    <>
      <p id="total">{checkout.total.total.amount}</p>
      <p id="can">{String(checkout.canConfirm)}</p>
      <button onClick={() => show(checkout.updateLineItemQuantity({ lineItem: line.id, quantity: 3 }))}>More</button>
      <button onClick={() => show(checkout.applyPromotionCode('HALF'))}>Code</button>
      <button onClick={() => show(checkout.applyPromotionCode('WRONG'))}>Wrong code</button>
      {checkout.shippingOptions.slice(1).map((option) => (
        <button key={option.id} onClick={() => show(checkout.updateShippingOption(option.id))}>{option.displayName}</button>
      ))}
      <ContactDetailsElement />
      {flow === 'shipped' && <ShippingAddressElement />}
      <PaymentElement />
      <button onClick={() => show(checkout.confirm({ redirect: asked.get('redirect') ?? 'if_required' }))}>Pay</button>
      <output>{result}</output>
    </>
  );
}

const options = {
  clientSecret: Promise.resolve(secret), elementsOptions: { appearance: { variables: { colorPrimary: '#0a5' } } },
};
const Elements = () => (
  <CheckoutElementsProvider stripe={stripePromise} options={options}><Order /></CheckoutElementsProvider>
);

const PAGES = { embedded: Embedded, elements: Elements, shipped: Elements };
const Page = PAGES[flow] ?? (() => <output>{JSON.stringify({ flow })}</output>);
createRoot(document.getElementById('root')).render(<StrictMode><Page /></StrictMode>);

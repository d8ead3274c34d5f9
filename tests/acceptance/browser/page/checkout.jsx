// A shop's page with a checkout inside, as its developers write it.
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { EmbeddedCheckout, EmbeddedCheckoutProvider } from '@stripe/react-stripe-js';
import { loadStripe } from '@stripe/stripe-js';

const asked = new URLSearchParams(window.location.search);
const stripePromise = loadStripe(asked.get('key'));
const secret = asked.get('secret');

function Embedded() {
  const [isDone, setDone] = useState(false);
  const [options] = useState({ fetchClientSecret: async () => secret, onComplete: () => setDone(true) });
  if (isDone) return <output>{JSON.stringify({ isDone })}</output>;
  return (
    <EmbeddedCheckoutProvider stripe={stripePromise} options={options}><EmbeddedCheckout /></EmbeddedCheckoutProvider>
  );
}

const flow = asked.get('flow');
createRoot(document.getElementById('root')).render(
  <StrictMode>{flow === 'embedded' ? <Embedded /> : <output>{JSON.stringify({ flow })}</output>}</StrictMode>,
);

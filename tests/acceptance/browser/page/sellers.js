// A marketplace's page for its sellers, as its developers write it.
import { loadConnectAndInitialize } from '@stripe/connect-js';

const asked = new URLSearchParams(window.location.search);
const secrets = asked.getAll('secret');
const heard = [];
const note = (event) => {
  heard.push(event);
  document.querySelector('output').textContent = JSON.stringify(heard);
};
const instance = loadConnectAndInitialize({
  publishableKey: asked.get('key'), fetchClientSecret: async () => secrets.shift(), locale: asked.get('locale') ?? undefined,
  ...(asked.has('color') ? { appearance: { variables: { colorPrimary: asked.get('color'), colorBackground: '#101418' } } } : {}),
});
for (const tag of asked.getAll('tag')) {
  const element = instance.create(tag);
  element.setOnLoadError(({ error }) => note(error.type));
  if (tag === 'account-onboarding') {
    element.setOnExit(() => note('exit'));
    element.setOnStepChange(({ step }) => note(step));
  }
  if (tag === 'notification-banner') element.setOnNotificationsChange(({ total }) => note(total));
  document.getElementById('place').append(element);
}
window.instance = instance;

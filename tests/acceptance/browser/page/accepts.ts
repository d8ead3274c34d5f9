// Compiled, never run: the published types take our object for theirs.
import type { Stripe, StripeConstructor } from '@stripe/stripe-js';

type Ours = ReturnType<typeof Rialto>;

/** Methods that reject by their names: the guide lists them. */
type Absent =
  | 'collectBankAccountForPayment' | 'collectBankAccountForSetup' | 'collectBankAccountToken'
  | 'collectFinancialConnectionsAccounts' | 'createEphemeralKeyNonce' | 'createRadarSession' | 'initializePricing'
  | 'initCheckoutFormSdk'
  | 'processOrder' | 'retrieveOrder' | 'verifyIdentity' | 'verifyMicrodepositsForPayment' | 'verifyMicrodepositsForSetup';

const nothingElseIsAbsent: Exclude<Exclude<keyof Stripe, keyof Ours>, Absent> extends never ? true : never = true;
const nothingAbsentIsThere: Extract<Absent, keyof Ours> extends never ? true : never = true;
const takesItsArguments: (...given: Parameters<StripeConstructor>) => Omit<Stripe, Absent> = Rialto;

export { nothingElseIsAbsent, nothingAbsentIsThere, takesItsArguments };

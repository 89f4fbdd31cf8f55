import type { Candidate } from '../research.types.js';
import { listed, note, npm } from './candidate-builder.js';

const PAYER = 'payer, amount and means of payment, with the provider';

/** What a provider allows is in its contract, not in its package: the category need is left unknown on purpose. */
export const PAYMENTS: readonly Candidate[] = [
  npm('payments', 'stripe', 'Stripe', {
    rented: true,
    brings: [
      'webhooks: each message arrives at least once',
      'card data stays off the own servers only with its own form fields',
    ],
    storesPersonalData: PAYER,
    notes: [
      note(
        'Manual capture is part of the typed interface; for how long a hold lasts depends on the means of payment.',
        'https://docs.stripe.com/payments/place-a-hold-on-a-payment-method',
        '>=23',
      ),
    ],
  }),
  npm('payments', '@mollie/api-client', 'Mollie', {
    rented: true,
    brings: ['webhooks: each message arrives at least once'],
    storesPersonalData: PAYER,
    notes: [
      note(
        '`captureMode` is part of the typed interface.',
        'https://docs.mollie.com/docs/place-a-hold-for-a-payment',
        '>=4',
      ),
    ],
  }),
  npm('payments', '@adyen/api-library', 'Adyen', {
    rented: true,
    brings: ['webhooks: each message arrives at least once'],
    storesPersonalData: PAYER,
  }),
  npm('payments', '@paypal/paypal-server-sdk', 'PayPal', {
    rented: true,
    brings: ['webhooks: each message arrives at least once'],
    storesPersonalData: PAYER,
  }),
  ...listed('payments', 'python', ['stripe', 'Stripe'], ['mollie-api-python', 'Mollie']),
  ...listed('payments', 'java', ['com.stripe:stripe-java', 'Stripe'], ['com.adyen:adyen-java-api-library', 'Adyen']),
  ...listed(
    'payments',
    'go',
    ['github.com/stripe/stripe-go/v82', 'Stripe'],
    ['github.com/VictorAvelar/mollie-api-go/v4', 'Mollie'],
  ),
];

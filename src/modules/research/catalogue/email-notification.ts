import type { Candidate } from '../research.types.js';
import { listed, note, npm, quoted } from './candidate-builder.js';

const ADDRESSES = 'addresses and texts of messages, with the provider';

export const EMAIL_NOTIFICATION: readonly Candidate[] = [
  npm('email-notification', 'resend', 'Resend', {
    rented: true,
    // "resend" alone is a verb in many briefs.
    names: ['resend api', 'resend.com'],
    categoryNeed: quoted(1, 'dist/index.d.mts', 'If provided, will be sent as the `Idempotency-Key` header.'),
    brings: ['a contract on the processing of addresses'],
    storesPersonalData: ADDRESSES,
  }),
  npm('email-notification', 'nodemailer', 'Nodemailer', {
    companions: ['@types/nodemailer'],
    brings: ['any SMTP server will do; bounces come back as mail'],
    storesPersonalData: 'addresses and texts of messages, with the mail server',
    notes: [note('Licence MIT-0: not the same SPDX id as MIT.', 'https://nodemailer.com/', '>=6')],
  }),
  npm('email-notification', '@aws-sdk/client-sesv2', 'Amazon SES', {
    rented: true,
    names: ['amazon ses', 'aws ses', '@aws-sdk/client-sesv2'],
    brings: ['an account and a region; sending limits are raised on request'],
    storesPersonalData: ADDRESSES,
  }),
  npm('email-notification', 'postmark', 'Postmark', {
    rented: true,
    names: ['postmark'],
    brings: ['a contract on the processing of addresses'],
    storesPersonalData: ADDRESSES,
  }),
  ...listed(
    'email-notification',
    'python',
    ['resend', 'Resend', { names: ['resend api', 'resend.com'] }],
    ['postmarker', 'Postmark (postmarker)', { names: ['postmarker'] }],
    ['sendgrid', 'SendGrid'],
  ),
  ...listed(
    'email-notification',
    'java',
    ['org.eclipse.angus:angus-mail', 'Angus Mail'],
    ['software.amazon.awssdk:sesv2', 'Amazon SES'],
  ),
  ...listed(
    'email-notification',
    'go',
    ['github.com/wneessen/go-mail', 'go-mail'],
    ['github.com/aws/aws-sdk-go-v2/service/sesv2', 'Amazon SES'],
  ),
];

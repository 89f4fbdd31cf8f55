/** All templates in the order of the document's groups. A template without its slots asks instead of inventing. */
import type { Draft } from '../derivation/draft.js';
import { coverAll } from './coverage.js';
import { dataStores } from './data-stores.js';
import { ACCESS_TEMPLATES } from './templates-access.js';
import { BUILD_TEMPLATES } from './templates-build.js';
import { DEVICE_TEMPLATES } from './templates-devices.js';
import { EXCHANGE_TEMPLATES } from './templates-exchange.js';
import { FLOW_TEMPLATES } from './templates-flow.js';
import { INPUT_TEMPLATES } from './templates-input.js';
import { MEANING_TEMPLATES } from './templates-meaning.js';
import { MONEY_TEMPLATES } from './templates-money.js';
import { NOTIFY_TEMPLATES } from './templates-notify.js';
import { PRIVACY_TEMPLATES } from './templates-privacy.js';
import { READ_TEMPLATES } from './templates-read.js';

const TEMPLATES = [
  ...INPUT_TEMPLATES,
  ...FLOW_TEMPLATES,
  ...MONEY_TEMPLATES,
  ...NOTIFY_TEMPLATES,
  ...READ_TEMPLATES,
  ...MEANING_TEMPLATES,
  ...PRIVACY_TEMPLATES,
  ...ACCESS_TEMPLATES,
  ...DEVICE_TEMPLATES,
  ...EXCHANGE_TEMPLATES,
  ...BUILD_TEMPLATES,
];

/** Writes requirements, questions and data stores into the draft. */
export function requirementsOf(draft: Draft): void {
  TEMPLATES.forEach((template) => template(draft));
  dataStores(draft);
  coverAll(draft);
}

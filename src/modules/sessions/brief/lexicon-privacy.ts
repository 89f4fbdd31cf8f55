/** Rules about personal data, retention and proof. */
import type { LexiconRule } from './lexicon.types.js';

export const PRIVACY_RULES: readonly LexiconRule[] = [
  {
    id: 'PRIVACY-EU',
    words: /\b(?:EU|European Union|Europe(?:an)?|EEA)\b/u,
    opens: [],
    meaning: 'people in the EU: deletion, access and place of the data',
  },
  {
    id: 'GDPR-1',
    words: /\b(?:GDPR|DSGVO|AVG|data protection|privacy (?:law|act)|CCPA)\b/iu,
    opens: [],
    meaning: 'a law: rules ask questions, they do not interpret it',
  },
  {
    id: 'RETENTION-1',
    words:
      /\b(?:deleted?|erased?|removed?|purged?|anonymi[sz]ed)\b[^.;]{0,40}\b(?:after|later|older)\b|\bkept (?:for )?(?:at most|no longer)\b/iu,
    opens: ['scheduling'],
    meaning: 'data ends by a date, in every store',
  },
  {
    id: 'KEPT-1',
    words:
      /\b(?:kept|keep|retain(?:ed)?|stored?|archived?|retention|history of)\b[^.;]{0,40}\b(?:for|of)\b|\bof history\b|\bstays? readable\b/iu,
    opens: [],
    meaning: 'data must last: stock = rate × time',
  },
  {
    id: 'PERSONAL-1',
    words:
      /\b(?:personal data|names|e-?mail addresses|addresses|phone numbers|birth dates?|(?:driver|customer|employee|patient)s?['’]? (?:names|data)|salar(?:y|ies))\b/iu,
    opens: [],
    meaning: 'personal data: a row in the data table with a deletion path',
  },
  {
    id: 'HEALTH-1',
    words: /\b(?:health data|medical|diagnos(?:is|es)|patients?)\b/iu,
    opens: ['authorization'],
    meaning: 'data of special protection',
  },
  {
    id: 'AUDIT-1',
    words:
      /\b(?:audit(?:s|ed|able)?|audit (?:log|trail)|every (?:access|change)[^.;]{0,40}(?:logged|recorded)|logged|traceable)\b/iu,
    opens: ['observability'],
    meaning: 'a record that the recorded cannot change',
  },
  {
    id: 'ERASE-1',
    words: /\b(?:right to be forgotten|on request|delete (?:my|their) (?:account|data))\b/iu,
    opens: [],
    meaning: 'deletion by a person, not by a date',
  },
  {
    id: 'RESIDENCY-1',
    words:
      /\b(?:must (?:not leave|stay (?:in|inside|within|on))|stays? (?:in|within)|hosted in|(?:data )?resid(?:es?|ency)|data cent(?:re|er)|not leave)\b/iu,
    opens: ['iac-hosting'],
    meaning: 'place of the data: also of backups, logs and providers',
  },
  {
    id: 'ONPREM-1',
    words: /\b(?:on-prem(?:ises?)?|own (?:servers?|data cent(?:re|er))|self-hosted|air-gapped)\b/iu,
    opens: ['iac-hosting'],
    meaning: 'no rented service without a way in',
  },
  {
    id: 'CONSENT-1',
    words: /\b(?:consent(?:s|ed)?|opt(?:s|ed)?[- ](?:in|out)|unsubscribe)\b/iu,
    opens: [],
    meaning: 'a permission with a date that can be withdrawn',
  },
  {
    id: 'ENCRYPT-1',
    words: /\b(?:encrypt(?:ed|ion|s)?|TLS|HTTPS)\b/iu,
    opens: ['secrets-config'],
    meaning: 'who holds the key decides what it protects',
  },
  {
    id: 'LEGAL-1',
    words: /\b(?:legal(?:ly)?|by law|tax office|regulat(?:or|ion|ory)|auditors?|complian(?:ce|t))\b/iu,
    opens: [],
    meaning: 'a duty from outside the brief',
  },
  {
    id: 'MINOR-1',
    words: /\b(?:children|minors|under 1[68]|age (?:check|verification))\b/iu,
    opens: [],
    meaning: 'age matters: how it is known',
  },
];

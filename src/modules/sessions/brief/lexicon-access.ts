/** Rules about who may do what. */
import type { LexiconRule } from './lexicon.types.js';

export const ACCESS_RULES: readonly LexiconRule[] = [
  {
    id: 'AUTH-1',
    words:
      /\b(?:sign(?:s|ed|ing)?[- ]?in|log(?:s|ged|ging)?[- ]?in|logins?|accounts?|passwords?|passkeys?|authenticat(?:e|es|ed|ion))\b/iu,
    opens: ['authentication'],
    meaning: 'people prove who they are',
  },
  {
    id: 'SSO-1',
    words: /\b(?:SSO|single sign-on|SAML|OpenID(?: Connect)?|OIDC|Active Directory|Entra ID|Azure AD|Okta|LDAP)\b/iu,
    opens: ['authentication'],
    meaning: 'identity comes from elsewhere: so must its end',
  },
  {
    id: 'MFA-1',
    words: /\b(?:MFA|2FA|two-factor|multi-factor|second factor|one-time code)\b/iu,
    opens: ['authentication'],
    meaning: 'a second proof, and a way out when it is lost',
  },
  {
    id: 'ROLE-1',
    words:
      /\b(?:roles?|permissions?|admins?|administrators?|access rights|only (?:managers|directors|admins|finance|staff|owners)|visible to|(?:directors|managers|admins|finance|staff) only)\b/iu,
    opens: ['authorization'],
    meaning: 'different rights for different people',
  },
  {
    id: 'ROW-SCOPE',
    words:
      /\b(?:(?:sees?|access|reads?|views?)\b[^.;]{0,30}\bonly (?:its|their|his|the|own)|only (?:its|their) own)\b[^.;]{0,30}/iu,
    opens: ['authorization'],
    meaning: 'rights by row, not by page',
  },
  {
    id: 'TENANT-1',
    words: /\b(?:multi-?tenan(?:t|cy)|tenants?|white-label|each (?:customer|company|client) sees)\b/iu,
    opens: ['authorization'],
    meaning: 'data of several owners in one system',
  },
  {
    id: 'APPROVE-1',
    words: /\b(?:approv(?:e|es|ed|al)|four-eyes|sign-?off)\b/iu,
    opens: [],
    meaning: 'two people for one act; not the same one',
  },
  {
    id: 'TEAM-1',
    quantity: (q) => q.kind === 'count' && /engineers?|developers?|programmers?/iu.test(q.noun ?? ''),
    opens: [],
    meaning: 'each new server costs points in every decision',
  },
  {
    id: 'TEAM-2',
    words:
      /\b(?:team of (?:\d+|two|three|four|five|six)|on[- ]call|part-time|no (?:ops|operations|devops)|one (?:[\p{L}-]+ ){0,2}(?:engineer|developer))\b/iu,
    opens: [],
    meaning: 'who runs it: each new server costs points in every decision',
  },
  {
    id: 'APIKEY-1',
    words: /\b(?:API keys?|access tokens?|client credentials|service accounts?)\b/iu,
    opens: ['authentication', 'secrets-config'],
    meaning: 'machines prove who they are; keys are replaced',
  },
  {
    id: 'GUEST-1',
    words: /\b(?:guests?|anonymous(?:ly)?|without (?:an )?account|no account)\b/iu,
    opens: [],
    meaning: 'use without a proof of identity',
  },
  {
    id: 'INVITE-1',
    words: /\b(?:invit(?:e|es|ed|ation)s?)\b/iu,
    opens: ['authentication'],
    meaning: 'access by a link that ends',
  },
  {
    id: 'SECRET-1',
    words: /\b(?:secrets?|certificates?|private keys?|credentials)\b/iu,
    opens: ['secrets-config'],
    meaning: 'something to keep out of code and logs',
  },
];

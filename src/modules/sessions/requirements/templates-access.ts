/** Who may do what. */
import { plural, singular } from '../brief/nouns.js';
import { byDefault } from '../derivation/amount.js';
import { forEach, forFirst, quoted, shall, type Template } from './template.js';

const sso = forFirst('SSO-1', (draft, need) => {
  const who = draft.facts.people[0]?.quantity.noun ?? 'people';
  const provider =
    /\b(?:Entra ID|Azure AD|Active Directory|Okta|Keycloak|OpenID Connect|SAML|LDAP|SSO)\b/iu.exec(need.text)?.[0] ??
    'the identity provider';
  draft.require({
    template: 'SSO-END',
    group: 'access',
    from: [need.id],
    say: shall(
      draft,
      `end the sessions of ${plural(who)} within`,
      byDefault(900, '15 min'),
      `of their removal from ${provider}`,
    ),
    test: { load: 'an account disabled while its session is in use', passes: 'requests are refused after 15 min' },
  });
  draft.require({
    template: 'SSO-ONLY',
    group: 'access',
    check: 'I',
    from: [need.id],
    say: shall(draft, `store no password of its ${plural(who)}`),
  });
});

/** `sees only its own trucks` → the limit is put into the statement as written. */
const rowScope = forEach('ROW-SCOPE', (draft, need) => {
  const match =
    /(?<![\p{L}-])([\p{L}-]+)\s+(?:sees?|reads?|views?|access(?:es)?|may see|can see)\s[^.;]{0,30}?only\s([^.;,]{3,50})/iu.exec(
      need.text,
    );
  const [, who, what] = match ?? [];
  if (!who || !what) return;
  draft.require({
    template: 'ROW-SCOPE',
    item: need.id,
    group: 'access',
    from: [need.id],
    say: shall(
      draft,
      `answer a request of a ${singular(who.toLowerCase())} for anything but`,
      quoted(what, need),
      'as if it did not exist',
    ),
    test: {
      load: `every read call with the id of a record of another ${singular(who.toLowerCase())}`,
      passes: 'the same answer as for an unknown id',
    },
  });
});

const roleOnly = forEach('ROLE-1', (draft, need) => {
  const visible =
    /^(.{3,80}?)\s{1,3}(?:is|are)\s{1,3}(?:only\s{1,3})?visible\s{1,3}(?:only\s{1,3})?to\s{1,3}([\p{L}-]+)/iu.exec(
      need.text,
    );
  const [, what, who] = visible ?? [];
  if (!what || !who) return;
  draft.require({
    template: 'ROLE-ONLY',
    item: need.id,
    group: 'access',
    from: [need.id],
    say: shall(
      draft,
      'leave out',
      quoted(what.charAt(0).toLowerCase() + what.slice(1), need),
      `from every answer to a person who is not one of the ${who}`,
    ),
    test: {
      load: `screens, exports and totals as a person outside the ${who}`,
      passes: 'neither the figures nor a total from which they can be computed',
    },
  });
});

const roles: Template = (draft) => {
  const need = draft.facts.need('ROLE-1') ?? draft.facts.need('ROW-SCOPE');
  if (!need) return;
  draft.ask({
    key: 'roles',
    text: `Who gives and takes the rights of ${need.id}, and is one person allowed to have several of these roles?`,
    ifUnanswered: 'an administrator; yes',
    blocks: ['authorization'],
  });
};

const tenant = forFirst('TENANT-1', (draft, need) => {
  draft.require({
    template: 'TENANT-KEY',
    group: 'access',
    from: [need.id],
    say: shall(
      draft,
      'refuse, by a rule of the database itself, every statement that reads or writes rows of two owners',
    ),
    test: { load: 'the application role asks for rows without naming their owner', passes: 'no rows' },
  });
});

const mfa = forFirst('MFA-1', (draft, need) => {
  draft.ask({
    key: 'mfa',
    text: `How does a person get in who has lost the second proof of ${need.id}?`,
    ifUnanswered: 'not at all',
    blocks: ['authentication'],
  });
});

const accounts: Template = (draft) => {
  if (draft.facts.has('AUTH-1') || draft.facts.has('SSO-1')) return;
  const actor = draft.facts.read.needs
    .map(
      (need) =>
        /\b(buyers|customers|users|sellers|dispatchers|managers|members|fans|drivers|patients|students)\b/iu.exec(
          need.text,
        )?.[1],
    )
    .find((found) => found !== undefined);
  if (!actor) return;
  const rights = draft.facts.need('ROW-SCOPE') ?? draft.facts.need('ROLE-1');
  draft.ask({
    key: 'accounts',
    text: rights
      ? `With which methods do ${actor.toLowerCase()} sign in, and who ends an account (${rights.id})?`
      : `Do ${actor.toLowerCase()} need an account? Which sign-in methods?`,
    ifUnanswered: rights ? 'nobody can be told apart' : 'no sign-in is built',
    blocks: ['authentication'],
  });
};

export const ACCESS_TEMPLATES: readonly Template[] = [sso, rowScope, roleOnly, roles, tenant, mfa, accounts];

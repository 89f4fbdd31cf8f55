/** Rules about messages to people and to other systems. */
import type { LexiconRule } from './lexicon.types.js';

export const MESSAGE_RULES: readonly LexiconRule[] = [
  {
    id: 'NOTIFY-EMAIL',
    words: /\be-?mail(?:s|ed)?\b(?! address)/iu,
    opens: ['email-notification', 'queue-jobs'],
    meaning: 'messages by a provider with a rate limit',
  },
  {
    id: 'NOTIFY-PUSH',
    words: /\bpush(?: notifications?| messages?)?\b/iu,
    opens: ['email-notification', 'queue-jobs'],
    meaning: 'messages to devices whose tokens end',
  },
  {
    id: 'NOTIFY-SMS',
    words: /\b(?:SMS|text messages?|WhatsApp)\b/iu,
    opens: ['email-notification', 'queue-jobs'],
    meaning: 'messages that cost money each',
  },
  {
    id: 'ALERT-1',
    words: /\b(?:alarms?|alerts?|alerted|warn(?:s|ed|ings?)?)\b/iu,
    opens: ['queue-jobs'],
    meaning: 'a message that must be acted on: acknowledged or escalated',
  },
  {
    id: 'NOTIFY-1',
    words: /\b(?:notif(?:y|ies|ied|ications?)|informed|confirmations?|reminders?|newsletters?)\b/iu,
    opens: ['email-notification', 'queue-jobs'],
    meaning: 'people are told',
  },
  {
    id: 'WEBHOOK-1',
    words: /\b(?:webhooks?|callbacks?)\b/iu,
    opens: ['queue-jobs'],
    meaning: 'messages between systems: repeated, late, forged',
  },
  {
    id: 'HANDOVER-1',
    words:
      /\b(?:ERP|CRM|SAP|accounting (?:system|software)|warehouse (?:system|management)|third[- ]party|external (?:system|service)s?|legacy system|carrier(?:'s)? (?:API|system))\b/iu,
    opens: [],
    meaning: 'a system of others: its limits and its absence',
  },
  {
    id: 'CHAT-1',
    words: /\b(?:chats?|messaging|comments?|Slack|Teams)\b/u,
    opens: [],
    meaning: 'messages between people',
  },
  {
    id: 'SOCKET-1',
    words: /\b(?:web ?sockets?|server-sent events|SSE|live updates?)\b/iu,
    opens: ['framework-web'],
    meaning: 'open connections: they are held and lost',
  },
  {
    id: 'STREAM-1',
    words: /\b(?:events? (?:stream|bus)|message (?:broker|queue|bus)|stream(?:s|ing)?|pub\/sub|publish(?:es|ed)?)\b/iu,
    opens: ['queue-jobs'],
    meaning: 'a stream: who keeps what for how long',
  },
];

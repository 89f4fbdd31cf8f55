/** Rules about running the system. */
import type { LexiconRule } from './lexicon.types.js';

export const OPERATION_RULES: readonly LexiconRule[] = [
  {
    id: 'UPTIME-1',
    words: /\b(?:uptime|availab(?:le|ility)|SLA|downtime)\b/iu,
    quantity: (q) => q.kind === 'share' && q.value >= 0.9 && q.value < 1,
    opens: ['observability'],
    meaning: 'an availability target: an error budget in minutes',
  },
  {
    id: 'BACKUP-1',
    words: /\b(?:back-?ups?|backed up|restor(?:e|ed|able))\b/iu,
    opens: ['iac-hosting'],
    meaning: 'a copy of everything, personal data included',
  },
  {
    id: 'RECOVERY-1',
    words: /\b(?:RPO|RTO|recovery (?:time|point)|disaster|data loss|failover)\b/iu,
    opens: ['iac-hosting'],
    meaning: 'how long and how much may be lost',
  },
  {
    id: 'DEPLOY-1',
    // Firmware is rolled out to devices by the service itself: that is FIRMWARE-1.
    words:
      /\b(?:deploy(?:s|ed|ments?)?|releases? (?:per|a|every)|zero[- ]downtime|canary)\b|\broll(?:ed)? out\b(?<!firmware\b[^.;]{0,40}\broll(?:ed)? out)/iu,
    opens: ['ci-cd'],
    meaning: 'old and new run side by side',
  },
  {
    id: 'MONITOR-1',
    words: /\b(?:monitor(?:s|ed|ing)?|observab(?:le|ility)|traces?|tracing|logs)\b/iu,
    opens: ['observability'],
    meaning: 'what is seen when it fails',
  },
  {
    id: 'CLOUD-1',
    words: /\b(?:AWS|Azure|Google Cloud|GCP|Hetzner|cloud)\b/u,
    opens: ['iac-hosting'],
    meaning: 'where it runs',
  },
  {
    id: 'CONTAINER-1',
    words: /\b(?:Kubernetes|k8s|Docker|containers?)\b/iu,
    opens: ['iac-hosting'],
    meaning: 'how it is packed',
  },
  {
    id: 'LIMIT-1',
    words: /\b(?:rate[- ]limit(?:s|ed|ing)?|throttl(?:e|es|ed|ing)|quotas?|fair use)\b/iu,
    opens: ['cache'],
    meaning: 'a limit per caller',
  },
  {
    id: 'REGION-1',
    words: /\b(?:multi-region|several regions|continents|worldwide|global(?:ly)?)\b/iu,
    opens: ['iac-hosting'],
    meaning: 'distance is latency: one place writes',
  },
  {
    id: 'TEST-1',
    words: /\b(?:tests?|tested|test coverage|staging|sandbox)\b/iu,
    opens: ['testing'],
    meaning: 'how it is shown to work',
  },
  {
    id: 'MAINTAIN-1',
    words: /\b(?:maintenance windows?|planned downtime)\b/iu,
    opens: [],
    meaning: 'time that is not counted',
  },
];

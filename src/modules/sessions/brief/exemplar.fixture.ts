/** The brief of the exemplar document, and a vocabulary large enough for it; for specs only. */
import type { StackName } from '../../research/research.types.js';
import type { Brief } from '../sessions.types.js';

export const EXEMPLAR: Brief = {
  name: 'Ticket resale marketplace',
  projectType: 'Ticket resale marketplace',
  requirements: [
    'Fans resell concert tickets at face value. Sellers upload a PDF ticket, buyers pay by card, payout to the seller after the concert.',
    '2,000 sales per minute in the minutes after a popular concert sells out, 50 per minute otherwise.',
    'E-mail and push notifications. Search by artist, city and date. Fraud checks must finish within 2 seconds.',
    'EU customers; tickets and personal data are deleted 90 days after the event.',
    'Two back-end engineers; TypeScript, Node.js 24, PostgreSQL already in use; only MIT/Apache-2.0/BSD/ISC licences.',
  ],
  techStack: {},
  constraints: {},
};

export const VOCABULARY: readonly StackName[] = [
  { slug: 'nodejs', label: 'Node.js', category: 'runtime', names: ['node.js', 'node', 'nodejs'] },
  { slug: 'typescript', label: 'TypeScript', category: 'runtime', names: ['typescript'] },
  { slug: 'postgresql', label: 'PostgreSQL', category: 'database-primary', names: ['postgresql', 'postgres'] },
  { slug: 'mongodb', label: 'MongoDB', category: 'database-primary', names: ['mongodb', 'mongo'] },
  { slug: 'redis', label: 'Redis', category: 'cache', names: ['redis'] },
  { slug: 'express', label: 'Express', category: 'framework-web', names: ['express', 'express.js'] },
  { slug: 'go', label: 'Go', category: 'runtime', names: ['go', 'golang'] },
];

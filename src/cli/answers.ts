import type { GapView } from '../modules/sessions/session-views.js';
import type { TakeDecision } from '../modules/sessions/sessions.schemas.js';
import type { Questions } from './questions.js';
import { progress } from './usage.js';

/** Shows the gaps that will be researched and waits for a yes. */
export async function answerPlan(questions: Questions, gaps: readonly GapView[], session: string): Promise<void> {
  progress('\nThe plan:');
  for (const { id, category, status, reason, research } of gaps)
    if (research) progress(`  ${id} ${category} (${status}): ${reason}`);
  const answer = await questions.ask('Research these gaps? [Y/n]');
  if (answer === undefined || /^n/i.test(answer)) throw new Error(waits(session, 'plan'));
}

/** Goes through the open decisions; an answer is a number of the list, or words of your own. */
export async function answerDecisions(
  questions: Questions,
  gaps: readonly GapView[],
  session: string,
  take: (decision: TakeDecision) => Promise<{ readonly open: readonly string[] }>,
): Promise<void> {
  const open = gaps.filter(({ research, decision }) => research && !decision);
  for (const gap of open) {
    const options = optionsOf(gap);
    progress(`\n${gap.id} ${gap.category}: ${gap.reason}`);
    options.forEach(({ label, score }, at) => progress(`  ${at + 1}  ${label}${score}`));
    const answer = await questions.ask('Your choice (number, or a name of your own):');
    if (answer === undefined) throw new Error(waits(session, 'decisions'));
    const chosen = options[Number(answer) - 1];
    const rest = await take({
      gapId: gap.id,
      ...(chosen ? { optionId: chosen.id } : { custom: answer || 'left open' }),
    });
    if (rest.open.length === 0) return;
  }
}

function optionsOf({ options }: GapView): { id: string; label: string; score: string }[] {
  return options.map(({ id, label, score }) => ({
    id,
    label,
    score: score?.admissible ? `  score ${score.low}–${score.high}, wins ${Math.round(score.winShare * 100)} %` : '',
  }));
}

const waits = (session: string, what: string) =>
  `no answer: session ${session} keeps waiting for its ${what}; start the service (npm start) and answer over HTTP, see /docs`;

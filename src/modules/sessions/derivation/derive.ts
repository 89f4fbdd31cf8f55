/** From a read brief to everything that follows from it before research: quantities, requirements, questions, data. */
import type { ReadBrief } from '../brief/brief.types.js';
import { requirementsOf } from '../requirements/requirements.js';
import type { Derivation } from './derivation.types.js';
import { Draft } from './draft.js';
import { factsOf } from './facts.js';
import { deviceFigures } from './figures-devices.js';
import { loadFigures } from './figures-load.js';
import { messageFigures } from './figures-messages.js';
import { operationFigures } from './figures-operations.js';
import { readFigures } from './figures-reads.js';
import { storageFigures } from './figures-storage.js';
import { workFigures } from './figures-work.js';
import { finish } from './finish.js';

/** Pure and deterministic; never throws for a brief that `readBrief` made, whatever its text. */
export function derive(read: ReadBrief): Derivation {
  const draft = new Draft(factsOf(read));
  loadFigures(draft);
  workFigures(draft);
  messageFigures(draft);
  storageFigures(draft);
  deviceFigures(draft);
  readFigures(draft);
  operationFigures(draft);
  requirementsOf(draft);
  return finish(draft);
}

import { Injectable } from '@nestjs/common';
import { ResearchService } from '../research/research.service.js';
import type { ReadBrief } from './brief/brief.types.js';
import { readBrief } from './brief/read-brief.js';
import { briefUnreadable } from './sessions.errors.js';
import type { CreateSession } from './sessions.schemas.js';
import type { Brief, SessionOptions } from './sessions.types.js';

/** Reads briefs with the names of the catalogue, and refuses one that says nothing before any row is written. */
@Injectable()
export class BriefReader {
  constructor(private readonly research: ResearchService) {}

  read(brief: Brief): ReadBrief {
    return readBrief(brief, this.research.vocabulary());
  }

  /** @throws AppError 422 `brief_unreadable` when no sentence of the requirements holds anything a rule understands */
  readOrRefuse(brief: Brief): ReadBrief {
    const read = this.read(brief);
    const asked = read.needs.filter((need) => need.pointer.startsWith('/requirements'));
    const understood = asked.some(
      (need) =>
        need.triggers.length > 0 || need.quantities.length > 0 || need.names.length > 0 || isSentence(need.text),
    );
    if (!understood) throw briefUnreadable();
    return read;
  }
}

/** Four or more words, most of them with a vowel: prose that no rule knows is still a need, keyboard noise is not. */
function isSentence(text: string): boolean {
  const words = text.match(/\p{L}{2,}/gu) ?? [];
  const spoken = words.filter((word) => /[aeiouyäöüáéíóú]/i.test(word) && !/[bcdfghjklmnpqrstvwxz]{5}/i.test(word));
  return words.length >= 4 && spoken.length >= words.length * 0.75;
}

/** The brief as it is stored: one text becomes a list of one, lists of names become one text, blanks are dropped. */
export function briefOf({ name, brief }: CreateSession): Brief {
  const stack = Object.entries(brief.techStack ?? {}).map(
    ([role, value]) => [role, Array.isArray(value) ? value.join(', ') : value] as const,
  );
  return {
    name,
    projectType: brief.projectType,
    requirements: typeof brief.requirements === 'string' ? [brief.requirements] : brief.requirements,
    techStack: Object.fromEntries(stack.filter(([, value]) => value !== '')),
    constraints: brief.constraints ?? {},
  };
}

export function optionsOf({ options = {} }: CreateSession, maxOptionsPerGap: number): SessionOptions {
  return {
    plan: options.plan ?? 'auto',
    decisions: options.decisions ?? 'auto',
    maxOptionsPerGap: options.maxOptionsPerGap ?? maxOptionsPerGap,
    analyst: options.analyst ?? 'heuristic',
    ...(options.model ? { model: options.model } : {}),
    priority: options.priority ?? 5,
  };
}

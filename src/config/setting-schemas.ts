import { z } from 'zod';
import { parseRedisUrl } from './redis-url.js';

const truths = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['no', false],
  ['off', false],
]);

export const flag = z.string().transform((text, context) => {
  const value = truths.get(text.toLowerCase());
  if (value === undefined) context.addIssue({ code: 'custom', message: `must be true or false, not "${text}"` });
  return value ?? false;
});

const number = (least: number, most: number, unit: string, whole: boolean) =>
  z.string().transform((text, context) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    const good = Number.isFinite(value) && value >= least && value <= most && (!whole || Number.isInteger(value));
    if (!good)
      context.addIssue({
        code: 'custom',
        message: `must be a ${whole ? 'whole ' : ''}number${unit} from ${least} to ${most}, not "${text}"`,
      });
    return value;
  });
export const port = (least: number) => number(least, 65_535, '', true);
export const whole = (least: number, most: number, unit: string) => number(least, most, ` of ${unit}`, true);
export const amount = (least: number, most: number, unit: string) => number(least, most, ` of ${unit}`, false);

export const choice = <T extends string>(values: readonly T[]) =>
  z.string().transform((text, context) => {
    const value = values.find((known) => known === text.toLowerCase());
    if (value === undefined)
      context.addIssue({ code: 'custom', message: `must be one of ${values.join(', ')}, not "${text}"` });
    return value ?? (values[0] as T);
  });

export const postgresUrl = z.string().refine((text) => /^postgres(ql)?:\/\/./.test(text), {
  message: 'must look like postgres://user:password@host:5432/name',
});
export const redisUrl = z.string().superRefine((text, context) => {
  try {
    parseRedisUrl(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: `must be an address of Redis: it ${(error as Error).message}` });
  }
});
export const httpUrl = z.string().refine((text) => /^https?:\/\/[^/]/.test(text) && URL.canParse(text), {
  message: 'must look like https://techspec.example.org',
});

/** As browsers write it: nothing behind host and port, and no port that the scheme implies. */
const isOrigin = (text: string) => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;

export const origins = z.string().superRefine((text, context) => {
  const wrong = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && !isOrigin(part));
  if (text.includes('*')) {
    const message = 'must name each origin: * would let every page call with whatever key it got hold of';
    context.addIssue({ code: 'custom', message });
  } else if (wrong.length > 0) {
    const message = `must be comma-separated origins like https://app.example.org, without path or "/" at the end, not "${wrong.join(', ')}"`;
    context.addIssue({ code: 'custom', message });
  }
});
export const apiKey = z.string().regex(/^tsk_[A-Za-z0-9]{8,32}\.[A-Za-z0-9_-]{32,}$/, {
  message: 'must have the form tsk_{id}.{secret}: an id of 8-32 letters and digits, a secret of at least 32 characters',
});

import type { Candidate } from '../research.types.js';
import { listed, npm, quoted } from './candidate-builder.js';

const PROMPTS = 'prompts and answers, with the provider';

export const LLM_PROVIDER: readonly Candidate[] = [
  npm('llm-provider', '@anthropic-ai/sdk', 'Anthropic', {
    rented: true,
    names: ['anthropic', 'claude', '@anthropic-ai/sdk'],
    categoryNeed: quoted(
      1,
      'helpers/json-schema.d.ts',
      'Creates a JSON schema output format object from the given JSON schema.',
    ),
    storesPersonalData: PROMPTS,
  }),
  npm('llm-provider', 'openai', 'OpenAI', {
    rented: true,
    names: ['openai', 'gpt'],
    categoryNeed: quoted(1, 'resources/shared.d.ts', 'json_schema: ResponseFormatJSONSchema.JSONSchema;'),
    brings: ['other servers, also local ones, speak the same protocol'],
    storesPersonalData: PROMPTS,
  }),
  npm('llm-provider', '@google/genai', 'Google Gemini', {
    rented: true,
    names: ['gemini', 'google gemini', '@google/genai'],
    categoryNeed: quoted(1, 'dist/genai.d.ts', 'responseJsonSchema?: unknown;'),
    storesPersonalData: PROMPTS,
  }),
  npm('llm-provider', 'ai', 'AI SDK', {
    names: ['ai sdk', 'vercel ai sdk'],
    categoryNeed: quoted(1, 'README.md', 'output: Output.object({'),
    brings: ['one interface over several providers, and a package per provider or model server'],
    storesPersonalData: 'prompts and answers, at the model server it calls',
  }),
  ...listed('llm-provider', 'python', ['openai', 'OpenAI'], ['anthropic', 'Anthropic']),
  ...listed(
    'llm-provider',
    'java',
    ['com.openai:openai-java', 'OpenAI'],
    ['com.anthropic:anthropic-java', 'Anthropic'],
  ),
  ...listed(
    'llm-provider',
    'go',
    ['github.com/openai/openai-go', 'OpenAI'],
    ['github.com/anthropics/anthropic-sdk-go', 'Anthropic'],
  ),
];

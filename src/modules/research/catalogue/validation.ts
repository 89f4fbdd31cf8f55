import type { Candidate } from '../research.types.js';
import { listed, npm, quoted } from './candidate-builder.js';

export const VALIDATION: readonly Candidate[] = [
  npm('validation', 'zod', 'Zod', {
    categoryNeed: quoted(1, 'v4/classic/schemas.d.ts', 'toJSONSchema(params?: core.ToJSONSchemaParams)'),
    brings: ['types are inferred from the schemas'],
  }),
  npm('validation', 'typebox', 'TypeBox', {
    categoryNeed: quoted(1, 'readme.md', 'creates in-memory JSON Schema objects that infer as TypeScript types'),
    brings: ['schemas are JSON Schema as they stand, types are inferred from them'],
  }),
  npm('validation', 'ajv', 'Ajv', {
    categoryNeed: quoted(1, 'README.md', 'Supports JSON Schema draft-04/06/07/2019-09/2020-12'),
    brings: ['schemas are JSON Schema; types are written beside them'],
  }),
  npm('validation', 'valibot', 'Valibot', { brings: ['types are inferred from the schemas'] }),
  npm('validation', 'joi', 'Joi', { names: ['joi'], brings: ['types are written beside the schemas'] }),
  ...listed(
    'validation',
    'python',
    ['pydantic', 'Pydantic'],
    ['marshmallow', 'marshmallow', { names: ['marshmallow'] }],
  ),
  ...listed(
    'validation',
    'java',
    [
      'org.hibernate.validator:hibernate-validator',
      'Hibernate Validator',
      { names: ['hibernate validator', 'jakarta validation'] },
    ],
    ['com.networknt:json-schema-validator', 'networknt JSON Schema validator'],
  ),
  ...listed(
    'validation',
    'go',
    ['github.com/go-playground/validator/v10', 'go-playground validator'],
    ['github.com/go-ozzo/ozzo-validation/v4', 'ozzo-validation'],
  ),
];

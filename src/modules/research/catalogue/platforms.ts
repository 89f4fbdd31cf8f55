import type { Candidate } from '../research.types.js';
import { builtIn, listed, npm, quoted, service } from './candidate-builder.js';

/** Categories that a brief usually decides by naming: runtime, delivery, hosting. */

export const RUNTIME: readonly Candidate[] = [
  builtIn('runtime', 'nodejs', 'Node.js', [], {
    ecosystem: 'javascript',
    names: ['node.js', 'nodejs', 'node'],
    // The published schedule names a start of long-term support and an end for each even release line.
    categoryNeed: quoted(1, 'data/release-schedule/release-schedule.json', '"lts": "2026-10-28"', 'node-releases'),
  }),
  builtIn('runtime', 'bun', 'Bun', [], { ecosystem: 'javascript', names: ['bun.sh', 'bun runtime'] }),
  builtIn('runtime', 'deno', 'Deno', [], { ecosystem: 'javascript', names: ['deno'] }),
  builtIn('runtime', 'cpython', 'CPython', [], { ecosystem: 'python', names: ['cpython'] }),
  builtIn('runtime', 'pypy', 'PyPy', [], { ecosystem: 'python', names: ['pypy'] }),
  builtIn('runtime', 'temurin', 'Eclipse Temurin', [], { ecosystem: 'java', names: ['temurin', 'openjdk'] }),
  builtIn('runtime', 'graalvm', 'GraalVM', [], { ecosystem: 'java', names: ['graalvm'] }),
];

export const CI_CD: readonly Candidate[] = [
  service('ci-cd', 'github-actions', 'GitHub Actions', { names: ['github actions'] }),
  service('ci-cd', 'gitlab-ci', 'GitLab CI/CD', { names: ['gitlab ci', 'gitlab ci/cd', 'gitlab'] }),
  service('ci-cd', 'jenkins', 'Jenkins', { names: ['jenkins'], needsServers: ['jenkins'] }),
];

export const IAC_HOSTING: readonly Candidate[] = [
  npm('iac-hosting', '@pulumi/pulumi', 'Pulumi', {
    categoryNeed: quoted(1, 'index.d.ts', 'export * from "./resource";'),
    brings: ['a package per cloud, and a place for its state'],
  }),
  // Not by its package: the archive is larger than what a run may fetch for one fact, so its need stays unknown.
  service('iac-hosting', 'aws-cdk', 'AWS CDK', {
    rented: true,
    names: ['aws cdk', 'aws-cdk'],
    brings: ['one cloud: AWS'],
  }),
  service('iac-hosting', 'terraform', 'Terraform', {
    names: ['terraform', 'hcl'],
    brings: ['a language of its own, and a place for its state'],
  }),
  service('iac-hosting', 'opentofu', 'OpenTofu', {
    names: ['opentofu'],
    brings: ['a language of its own, and a place for its state'],
  }),
  ...listed('iac-hosting', 'python', ['pulumi', 'Pulumi']),
  ...listed('iac-hosting', 'java', ['com.pulumi:pulumi', 'Pulumi']),
  ...listed('iac-hosting', 'go', ['github.com/pulumi/pulumi/sdk/v3', 'Pulumi']),
];

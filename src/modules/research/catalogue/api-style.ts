import type { Candidate } from '../research.types.js';
import { builtIn, quoted } from './candidate-builder.js';

/**
 * Styles, not packages: which package offers a style follows from the web framework. So they are compared on servers and on
 * the contract alone, and where that doesn't tell them apart the question goes to who calls.
 */
export const API_STYLE: readonly Candidate[] = [
  builtIn('api-style', 'openapi', 'HTTP and JSON with an OpenAPI description', [], {
    names: ['openapi', 'rest', 'rest api', 'restful', 'json api', 'swagger'],
    categoryNeed: quoted(1, 'README.md', 'schemas into TypeScript quickly using Node.js.', 'openapi-typescript'),
    brings: ['the description is made from the same schemas that validate', 'caches and proxies understand it'],
  }),
  builtIn('api-style', 'graphql', 'GraphQL', [], {
    names: ['graphql'],
    categoryNeed: quoted(
      1,
      'utilities/getIntrospectionQuery.d.ts',
      'export declare function getIntrospectionQuery',
      'graphql',
    ),
    brings: [
      'callers choose the fields: limits on depth and cost are needed',
      'loads of related records must be batched',
    ],
  }),
  builtIn('api-style', 'grpc', 'gRPC', [], {
    names: ['grpc', 'protobuf', 'protocol buffers'],
    categoryNeed: quoted(
      1,
      'README.md',
      'A utility package for loading `.proto` files for use with gRPC',
      '@grpc/proto-loader',
    ),
    brings: ['browsers need a gateway'],
  }),
  builtIn('api-style', 'trpc', 'tRPC', [], {
    ecosystem: 'javascript',
    names: ['trpc'],
    brings: ['callers are TypeScript from the same repository or a published type package'],
  }),
];

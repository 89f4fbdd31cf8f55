/** Parts of the product's pipeline in the order in which http-parts.mjs switches them on. */
export const PARTS = [
  { id: 'nest', name: 'Nest on Fastify: router, handler, answer' },
  { id: 'headers', name: '+ security headers' },
  { id: 'hooks', name: '+ request id, framing, context, timing headers' },
  { id: 'metrics', name: '+ metrics' },
  { id: 'log', name: '+ access log' },
  { id: 'identity', name: '+ identity guard' },
  { id: 'edge', name: '+ Accept guard, interceptors, pipe' },
];

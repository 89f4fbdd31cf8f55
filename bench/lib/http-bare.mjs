/** The yardstick of B8: Fastify alone that sends the same bytes. Started by http-sides.mjs, with them as argument. */
import { fastify } from 'fastify';

const { path, body, type } = JSON.parse(process.argv[2]);
const server = fastify();
server.get(path, (_request, reply) => {
  reply.header('content-type', type).send(body);
});
await server.listen({ port: 0, host: '127.0.0.1' });
process.send({ port: server.server.address().port });

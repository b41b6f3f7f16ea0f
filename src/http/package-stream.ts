import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import type { PreparedExport } from '../evidence/index.js';

/** The package as it is made. What goes wrong before the first byte is thrown; later, the download breaks off. */
export async function packageStream(prepared: PreparedExport, request: FastifyRequest): Promise<PassThrough> {
  const stream = new PassThrough();
  const isWritten = prepared.write(stream);
  await Promise.race([isWritten, once(stream, 'readable')]);
  isWritten.catch((error: unknown) => {
    request.log.error({ err: error }, 'evidence package broke off');
    stream.destroy(error as Error);
  });
  return stream;
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import { type DestinationStream, type Logger, pino } from 'pino';

/** What must never reach the log, wherever an object that has it is logged. */
const SECRETS = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'currentPassword',
  'newPassword',
  'token',
  'secret',
];
const PERSONAL = [
  'payeeName',
  'sellerName',
  'displayName',
  'loginName',
  'description',
  'title',
  'note',
  'text',
  'body',
];
const NAMES = [...SECRETS, ...PERSONAL].map((name) => `["${name}"]`);

const redact = {
  paths: NAMES.flatMap((name) => [name, `*${name}`, `*.*${name}`]),
  censor: '[redacted]',
};

/** The service's log: one JSON line each, to standard output or the given stream. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = { level, redact, base: undefined, serializers: { err: errorLine } };
  return destination ? pino(options, destination) : pino(options);
}

/** The same rules on top of whatever logger the application is given. */
export const safeLogger = (logger: Logger): Logger =>
  logger.child({}, { redact, serializers: { err: errorLine } });

/**
 * An error without the members that engines put values of rows into (`detail`, `where`, `parameters`). Its
 * message is what an engine says of the statement, not of its values.
 */
function errorLine(error: Error & { readonly code?: unknown; readonly constraint?: unknown }) {
  const { name, message, code, constraint, stack } = error;
  return { type: name, message, code, constraint, stack };
}

/**
 * One line per answered request. It says who asked which route with what result; never headers, bodies, nor the
 * query, which may hold a name that was searched for or a set-up secret.
 */
export async function logResponse(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  request.log.info(
    {
      method: request.method,
      route: request.routeOptions.url ?? null,
      path: request.url.split('?', 1)[0]?.slice(0, 300),
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
      actorId: request.actor?.personId ?? null,
    },
    'request',
  );
}

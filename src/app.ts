import { randomUUID } from 'node:crypto';
import fastifySwaggerUi from '@fastify/swagger-ui';
import Fastify, { LogController } from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { DomainError } from './core/errors.js';
import { registerAuth } from './http/auth.js';
import { registerBookGate } from './http/book-gate.js';
import { registerClosing } from './http/closing.js';
import type { App, Dependencies } from './http/context.js';
import { handleError } from './http/errors.js';
import { logResponse, safeLogger } from './http/logging.js';
import { speakChinese } from './http/messages.js';
import { registerReveal } from './http/reveal.js';
import { allotmentRoutes } from './http/routes/allotments.js';
import { attachmentRoutes } from './http/routes/attachments.js';
import { auditRoutes } from './http/routes/audit.js';
import { backtestRoutes } from './http/routes/backtests.js';
import { bookRoutes } from './http/routes/books.js';
import { checkpointRoutes } from './http/routes/checkpoints.js';
import { claimImportRoutes } from './http/routes/claim-imports.js';
import { claimStepRoutes } from './http/routes/claim-steps.js';
import { claimRoutes } from './http/routes/claims.js';
import { contractRoutes } from './http/routes/contracts.js';
import { evidenceRoutes } from './http/routes/evidence.js';
import { figureRoutes } from './http/routes/figures.js';
import { fundRoutes } from './http/routes/funds.js';
import { healthRoutes } from './http/routes/health.js';
import { invoiceReadingRoutes } from './http/routes/invoice-readings.js';
import { jobRoutes } from './http/routes/jobs.js';
import { organisationRoutes } from './http/routes/organisations.js';
import { paymentRoutes } from './http/routes/payments.js';
import { peopleRoutes } from './http/routes/people.js';
import { policyRoutes } from './http/routes/policy.js';
import { policyGapRoutes } from './http/routes/policy-gaps.js';
import { procedureRoutes } from './http/routes/procedures.js';
import { providerReportRoutes } from './http/routes/provider-reports.js';
import { reconciliationRoutes } from './http/routes/reconciliation.js';
import { reliefRoutes } from './http/routes/relief.js';
import { reportRoutes } from './http/routes/reports.js';
import { sessionRoutes } from './http/routes/session.js';
import { signingRoutes } from './http/routes/signing.js';
import { supervisionRoutes } from './http/routes/supervision.js';
import { unfinishedClaimRoutes } from './http/routes/unfinished-claims.js';
import { verifierRoutes } from './http/routes/verifiers.js';
import { waiverRoutes } from './http/routes/waivers.js';
import { workloadRoutes } from './http/routes/workload.js';
import { registerSecurityHeaders } from './http/security.js';
import { registerOpenApi } from './http/swagger.js';
import { leaveToHook, validateRequest } from './http/validation.js';
import { Jobs } from './jobs/index.js';
import { Operations } from './web/operations.js';
import { webRoutes } from './web/web.js';

const MAX_BODY_BYTES = 1024 * 1024;
const REQUEST_TIMEOUT_MS = 60_000;

/**
 * The whole service on `deps`, ready to listen or to `inject`. Everything is registered here by name; nothing reads
 * the environment. The caller closes the application first and the store after it.
 */
export async function buildApp(given: Omit<Dependencies, 'jobs'>): Promise<App> {
  speakChinese();
  const deps: Dependencies = { ...given, jobs: new Jobs(given) };
  const app: App = Fastify({
    loggerInstance: safeLogger(deps.logger),
    // `logResponse` writes the one line of a request, without what it asked for.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    trustProxy: deps.config.trustProxy,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    frameworkErrors: (error, request, reply) => handleError(error, request as never, reply as never),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(leaveToHook);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(handleError);
  app.setNotFoundHandler(() => {
    throw new DomainError('not_found', '没有这个地址');
  });
  // JSON is the only body that a route gets without asking for another.
  app.removeContentTypeParser('text/plain');
  registerClosing(app);
  app.addHook('onListen', () => deps.jobs.tend());
  app.addHook('onClose', () => deps.jobs.close());
  registerSecurityHeaders(app, deps.config);
  app.addHook('onResponse', logResponse);
  await registerOpenApi(app);
  registerAuth(app, deps);
  registerBookGate(app, deps);
  registerReveal(app, deps);
  app.addHook('preValidation', validateRequest);

  const operations = new Operations(app);
  healthRoutes(app, deps);
  await app.register(async (pages) => webRoutes(scope(pages), deps, operations));
  verifierRoutes(app);
  await app.register(
    async (api) => {
      for (const routes of ROUTES) routes(scope(api), deps);
      await api.register(async (files) => attachmentRoutes(scope(files), deps));
      await api.register(async (files) => claimImportRoutes(scope(files), deps));
    },
    { prefix: '/api/v1' },
  );
  await app.register(fastifySwaggerUi, { routePrefix: '/docs', staticCSP: true });
  return app;
}

/** A scope has the logger and the types of the application that opened it; Fastify's types forget both. */
const scope = (instance: unknown): App => instance as App;

const ROUTES: readonly ((app: App, deps: Dependencies) => void)[] = [
  sessionRoutes,
  peopleRoutes,
  organisationRoutes,
  bookRoutes,
  fundRoutes,
  figureRoutes,
  reliefRoutes,
  allotmentRoutes,
  reconciliationRoutes,
  contractRoutes,
  providerReportRoutes,
  claimRoutes,
  claimStepRoutes,
  unfinishedClaimRoutes,
  invoiceReadingRoutes,
  paymentRoutes,
  reportRoutes,
  workloadRoutes,
  waiverRoutes,
  procedureRoutes,
  policyRoutes,
  policyGapRoutes,
  backtestRoutes,
  auditRoutes,
  checkpointRoutes,
  signingRoutes,
  evidenceRoutes,
  supervisionRoutes,
  jobRoutes,
];

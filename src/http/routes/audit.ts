import { z } from 'zod';
import { type DecisionView, decisionSchema } from '../../contracts/index.js';
import {
  getLogEntry,
  getLoggedDecision,
  listLog,
  logEntryView,
  logIndex,
  logPage,
  logQuery,
  logSummary,
  replayBookFor,
  replayQuery,
  replayView,
  verificationView,
  verifyBookFor,
} from '../../evidence/index.js';
import { type App, actorOf, type Dependencies } from '../context.js';
import { bookParams, problems, readProblems } from '../schemas.js';
import { inYuan } from '../yuan.js';

const tags = ['audit'];
const entryParams = bookParams.extend({ index: logIndex });
const loggedDecisionView = z
  .object({ ...logSummary, decision: decisionSchema })
  .describe('A decision as it was recorded, and where');

/** The audit log of a book, its decisions, and its verification. */
export function auditRoutes(app: App, deps: Dependencies): void {
  const { store, policy, checkpoints } = deps;

  app.get(
    '/books/:bookId/log',
    {
      schema: {
        tags,
        summary: '审计日志',
        description:
          'In order of recording, or newest first; within a span of time in order of time. Refused commands are entries too.',
        params: bookParams,
        querystring: logQuery,
        response: { 200: logPage, ...readProblems },
      },
    },
    async (request) => listLog(store, actorOf(request), request.params.bookId, request.query),
  );

  app.get(
    '/books/:bookId/log/:index',
    {
      config: { isEvidence: true },
      schema: {
        tags,
        summary: '审计日志的一条',
        params: entryParams,
        response: { 200: logEntryView, ...readProblems },
      },
    },
    async (request) => getLogEntry(store, actorOf(request), request.params.bookId, request.params.index),
  );

  app.get(
    '/books/:bookId/decisions/:index',
    {
      schema: {
        tags,
        summary: '裁定及其全部理由',
        params: entryParams,
        response: { 200: loggedDecisionView, ...readProblems },
      },
    },
    async (request) => {
      const { bookId, index } = request.params;
      const logged = await getLoggedDecision(store, actorOf(request), bookId, index);
      return { ...logged, decision: inYuan(logged.decision) as DecisionView };
    },
  );

  app.get(
    '/books/:bookId/policy/replay',
    {
      schema: {
        tags,
        summary: '重算裁定',
        description:
          'Makes the decisions of a part of the log again, each under the packs and the engine that it names, and compares them to the byte.',
        params: bookParams,
        querystring: replayQuery,
        response: { 200: replayView, ...problems(403, 404) },
      },
    },
    async (request) =>
      replayBookFor(store, policy.current, actorOf(request), request.params.bookId, request.query),
  );

  app.get(
    '/books/:bookId/verification',
    {
      schema: {
        tags,
        summary: '核验账套',
        description:
          'Recomputes every hash, posting, balance and decision from the log and names the first difference.',
        params: bookParams,
        response: { 200: verificationView, ...problems(403, 404) },
      },
    },
    async (request) =>
      verifyBookFor(store, policy.current, checkpoints.outside, actorOf(request), request.params.bookId),
  );
}

import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { demand, installationSubject } from '../../organisations/index.js';
import { clauseCoverage, type PolicySource } from '../../policy/index.js';
import {
  bookCoverage,
  bookCoverageView,
  clauseCoverageView,
  clauseFields,
  clauseOfBook,
  clauseParams,
  clauseQuery,
  coverageQuery,
} from '../../procedures/index.js';
import { type App, actorOf, type Dependencies } from '../context.js';
import { bookParams, problems, readProblems } from '../schemas.js';

const tags = ['policy'];

const packView = z.object({
  id: z.string().describe('Pack').meta({ example: 'sichuan-2023-11' }),
  title: z.string().describe('Title of the document').meta({ example: '关于加快推进社工站建设的通知' }),
  documentNo: z.string().describe('文号').meta({ example: '川民发〔2023〕11号' }),
  issuer: z.string().describe('Issuer').meta({ example: '四川省民政厅' }),
  effectiveFrom: z.string().describe('First day in force').meta({ example: '2023-01-01' }),
  effectiveUntil: z
    .string()
    .nullable()
    .describe('Last day in force; null while it is')
    .meta({ example: null }),
  jurisdiction: z
    .array(z.string())
    .describe('Prefixes of division codes it holds for; empty means the nation')
    .meta({ example: ['51'] }),
  sha256: z.string().describe('SHA-256 of the pack file').meta({ example: '9f2c…' }),
  clauses: z.number().int().describe('Clauses. Unit: 1').meta({ example: 14 }),
  rules: z.number().int().describe('Rules. Unit: 1').meta({ example: 11 }),
});
const packList = z
  .object({ items: z.array(packView).describe('Packs loaded') })
  .describe('Policy packs loaded');

const coverageRow = z.object(clauseFields);
const coverageList = z
  .object({ items: z.array(coverageRow).describe('Every clause of every pack') })
  .describe('What carries each clause');

const status = z
  .object({
    state: z
      .enum(['current', 'degraded'])
      .describe('degraded: the newest packs do not load, and the last good set goes on deciding')
      .meta({ example: 'current' }),
    loadedAt: z
      .string()
      .describe('When the set in force was loaded')
      .meta({ example: '2023-01-01T00:00:00.000Z' }),
    fault: z
      .object({
        at: z
          .string()
          .describe('When the newest packs were tried')
          .meta({ example: '2023-01-02T00:00:00.000Z' }),
        message: z.string().describe('Chinese summary').meta({ example: '政策包有 1 处错误' }),
        faults: z
          .array(
            z.object({
              file: z.string().describe('File').meta({ example: 'yunnan.yaml' }),
              line: z.number().int().describe('Line, from 1').meta({ example: 12 }),
              message: z.string().describe('Chinese message').meta({ example: '不认识的键 quotaton' }),
            }),
          )
          .describe('Every fault at once'),
      })
      .nullable()
      .describe('Null while the newest packs are in force'),
  })
  .describe('State of the policy packs');

const statusOf = ({ loadedAt, fault }: PolicySource) => ({
  state: fault === null ? ('current' as const) : ('degraded' as const),
  loadedAt,
  fault: fault && { ...fault, faults: fault.faults.map((each) => ({ ...each })) },
});

/** Which rules are loaded, whether they are the newest, and what carries each clause. */
export function policyRoutes(app: App, deps: Dependencies): void {
  const { store, policy } = deps;
  const given = (request: FastifyRequest & { params: { bookId: string } }, year: number) => ({
    store,
    packs: policy.current,
    actor: actorOf(request),
    bookId: request.params.bookId,
    year,
    now: deps.now(),
  });

  app.get(
    '/policy/packs',
    { schema: { tags, summary: '已载入的政策包', response: { 200: packList, ...problems() } } },
    async (request) => {
      actorOf(request);
      const items = policy.current.packs.map(({ document, sha256, clauses, rules }) => ({
        ...document,
        sha256,
        clauses: clauses.length,
        rules: rules.length,
      }));
      return { items };
    },
  );

  app.get(
    '/policy/status',
    {
      schema: {
        tags,
        summary: '政策包状态',
        description: 'Whether the newest packs are in force, and every fault of those that are not.',
        response: { 200: status, ...problems() },
      },
    },
    async (request) => {
      actorOf(request);
      return statusOf(policy);
    },
  );

  app.post(
    '/policy/reload',
    {
      schema: {
        tags,
        summary: '重新载入政策包',
        description:
          'Loads the folder of packs anew. Packs with a fault change nothing: the answer lists every fault.',
        response: { 200: status, ...problems() },
      },
    },
    async (request) => {
      demand(actorOf(request), 'policy.reload', await installationSubject(store.read));
      await policy.reload(deps.now());
      return statusOf(policy);
    },
  );

  app.get(
    '/policy/coverage',
    { schema: { tags, summary: '条款覆盖', response: { 200: coverageList, ...problems() } } },
    async (request) => {
      actorOf(request);
      return { items: clauseCoverage(policy.current).map((row) => ({ ...row, by: [...row.by] })) };
    },
  );

  app.get(
    '/books/:bookId/policy/coverage',
    {
      schema: {
        tags,
        summary: '账套的条款覆盖（当年实况）',
        description:
          'For each clause in force at the book’s place within the year: decisions that named it, or for how many of ' +
          'the funds or contracts it is due for something shows it. Counts the newest 5,000 decisions at most.',
        params: bookParams,
        querystring: coverageQuery,
        response: { 200: bookCoverageView, ...readProblems },
      },
    },
    async (request) => {
      const { year, clause } = request.query;
      return bookCoverage(given(request, year), clause);
    },
  );

  app.get(
    '/books/:bookId/policy/coverage/:clause',
    {
      schema: {
        tags,
        summary: '一项条款在账套中的留痕',
        description: 'A page of the funds or contracts that it is due for, with what shows it for each.',
        params: clauseParams,
        querystring: clauseQuery,
        response: { 200: clauseCoverageView, ...readProblems },
      },
    },
    async (request) => {
      const { year, ...query } = request.query;
      const { clause } = request.params;
      return clauseOfBook(given(request, year), clause, query);
    },
  );
}

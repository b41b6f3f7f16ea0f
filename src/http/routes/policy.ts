import { z } from 'zod';
import { clauseCoverage, GRADES_OF_SOURCE } from '../../policy/index.js';
import { type App, actorOf, type Dependencies } from '../context.js';
import { problems } from '../schemas.js';

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

const coverageRow = z.object({
  pack: z.string().describe('Pack').meta({ example: 'sichuan-2023-11' }),
  clause: z.string().describe('Clause').meta({ example: 'SC-03' }),
  documentNo: z.string().describe('文号').meta({ example: '川民发〔2023〕11号' }),
  section: z.string().describe('Place in the document').meta({ example: '三（二）' }),
  quotation: z.string().describe('Operative words').meta({ example: '不能投入硬件建设' }),
  grade: z.enum(GRADES_OF_SOURCE).describe('How far its text was verified').meta({ example: 'V1' }),
  status: z
    .enum(['enforced', 'procedural', 'no_duty'])
    .describe('Carried by rules, by a procedure with evidence, or binding nobody')
    .meta({ example: 'enforced' }),
  by: z
    .array(z.string())
    .describe('Rules; or the evidence and where it shows; or the reason')
    .meta({ example: ['SC-03.hardware'] }),
});
const coverageList = z
  .object({ items: z.array(coverageRow).describe('Every clause of every pack') })
  .describe('What carries each clause');

/** Which rules are loaded, and what carries each clause. */
export function policyRoutes(app: App, { packs }: Dependencies): void {
  app.get(
    '/policy/packs',
    { schema: { tags, summary: '已载入的政策包', response: { 200: packList, ...problems() } } },
    async (request) => {
      actorOf(request);
      const items = packs.packs.map(({ document, sha256, clauses, rules }) => ({
        ...document,
        sha256,
        clauses: clauses.length,
        rules: rules.length,
      }));
      return { items };
    },
  );

  app.get(
    '/policy/coverage',
    { schema: { tags, summary: '条款覆盖', response: { 200: coverageList, ...problems() } } },
    async (request) => {
      actorOf(request);
      return { items: clauseCoverage(packs).map((row) => ({ ...row, by: [...row.by] })) };
    },
  );
}

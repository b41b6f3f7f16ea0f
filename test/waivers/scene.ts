import { uploadAttachment } from '../../src/attachments/index.js';
import { approveClaim, createClaim, payClaim, reviewClaim, submitClaim } from '../../src/claims/index.js';
import type { Store } from '../../src/db/store.js';
import { parsePacks } from '../../src/policy/index.js';
import { approveWaiver, type NewWaiver, requestWaiver } from '../../src/waivers/index.js';
import { temporaryFolder } from '../evidence/outside.js';
import {
  by,
  claimInput,
  type LineGiven,
  nextNo,
  openFund,
  paymentInput,
  seedWorld,
  TODAY,
  type World,
} from '../fixture.js';
import { kindText, packText, ruleText } from '../policy/pack-text.js';

/** 31002 offends against the province alone; 30902 against the province, which speaks for the nation. */
export const PROVINCIAL = '31002';
export const BOTH = '30902';
const STAGES = '{ sources: any, stages: [contract, submission, payment, provider_report] }';
const clause = (id: string, more = '') =>
  `  - { id: ${id}, section: 二, force: M, text: 不得购买设备, quotation: 不得购买设备, status: enforced${more} }`;
const province = packText(
  [
    ruleText({ scope: STAGES, codes: '["309", "310"]', overrides: '[BB-01.goods]' }),
    ruleText({ id: 'AA-02.goods', clause: 'AA-02', scope: STAGES, codes: '["311"]' }),
    ruleText({
      id: 'AA-03.goods',
      clause: 'AA-03',
      codes: '["312"]',
      scope: '{ sources: [charity], stages: [submission], until: 2021-12-31 }',
    }),
    ruleText({
      id: 'AA-05.goods',
      clause: 'AA-05',
      codes: '["313"]',
      scope: '{ sources: any, stages: [submission], divisionPrefixes: ["5101"] }',
    }),
    kindText('allotment_sums', {
      id: 'AA-07.sums',
      clause: 'AA-07',
      scope: '{ sources: any, stages: [allotment] }',
    }),
    ruleText({ id: 'AA-06.goods', clause: 'AA-06', scope: STAGES, codes: '["399"]', severity: 'review' }),
  ],
  {
    clauses: [
      clause('AA-02', ', nonWaivable: 上位法的禁止规定'),
      clause('AA-03'),
      '  - { id: AA-04, section: 二, force: M, text: 严格资金使用, quotation: 严格资金使用, status: no_duty, reason: 总括条款 }',
      clause('AA-05'),
      clause('AA-06'),
      clause('AA-07'),
    ].join('\n'),
  },
).replace('jurisdiction: []', 'jurisdiction: ["51"]');
const nation = packText([ruleText({ id: 'BB-01.goods', clause: 'BB-01', scope: STAGES, codes: '["309"]' })])
  .replace('id: aa-test', 'id: bb-test')
  .replace('AA-01', 'BB-01');
export const PACKS = parsePacks([
  { file: 'aa.yaml', bytes: Buffer.from(province) },
  { file: 'bb.yaml', bytes: Buffer.from(nation) },
]);

export interface Scene {
  readonly world: World;
  readonly fundId: string;
  /** Other funds of the county, and of its neighbour. */
  readonly otherFundId: string;
  readonly foreignFundId: string;
  /** An attachment of the county's book, and one of its neighbour's. */
  readonly fileId: string;
  readonly foreignFileId: string;
}

export async function scene(t: Parameters<typeof temporaryFolder>[0], store: Store): Promise<Scene> {
  const world = await seedWorld(store, { packs: PACKS });
  const { county, neighbour } = world;
  const folder = temporaryFolder(t);
  const upload = async (bureau: typeof county) => {
    const file = {
      fileName: '请示.pdf',
      mediaType: 'application/pdf',
      bytes: Buffer.from('%PDF-1.7'),
    } as const;
    return (await uploadAttachment(store, folder, by(bureau.finance), bureau.bookId, file)).id;
  };
  return {
    world,
    fundId: await openFund(world),
    otherFundId: await openFund(world),
    foreignFundId: await openFund(world, { bureau: neighbour }),
    fileId: await upload(county),
    foreignFileId: await upload(neighbour),
  };
}

export const waiverInput = (stage: Scene, given: Partial<NewWaiver> = {}): NewWaiver => ({
  clause: 'AA-01',
  fundId: stage.fundId,
  subject: null,
  limit: null,
  reason: '站点遭洪灾，须先行更换设备',
  evidence: [stage.fileId],
  from: TODAY,
  until: '2022-12-31',
  ...given,
});

/** Asked for by one 财务, approved by the other. */
export async function openWaiver(stage: Scene, given: Partial<NewWaiver> = {}): Promise<string> {
  const { store, packs, county } = stage.world;
  const input = waiverInput(stage, given);
  const { id } = await requestWaiver(store, packs, by(county.finance), county.bookId, input);
  const approval = { documentNo: nextNo('泸县民函〔2022〕') };
  await approveWaiver(store, packs, by(county.finance2), county.bookId, id, null, approval);
  return id;
}

export const equipment = (fundId: string, amount = '100.00', economicCode = PROVINCIAL): LineGiven => ({
  fundId,
  amount,
  economicCode,
});

/** The steps of claims of the station, each by the person whose duty it is, on one day. */
export const claimsOf = ({ world }: Scene, at = `${TODAY}T02:00:00.000Z`) => {
  const { store, packs, county, station, stationOperator, stationReviewer } = world;
  const { bookId } = county;
  const on = { at };
  const effectiveDate = at.slice(0, 10);
  return {
    draft: async (lines: readonly LineGiven[], given: Parameters<typeof claimInput>[2] = {}) => {
      const input = claimInput(station.id, lines, { businessDate: TODAY, ...given });
      return (await createClaim(store, by(stationOperator, on), bookId, input)).id;
    },
    submit: (id: string) => submitClaim(store, packs, by(stationOperator, on), bookId, id, null),
    review: (id: string) => reviewClaim(store, by(stationReviewer, on), bookId, id, null, { note: '属实' }),
    approve: (id: string, note: string | null = null) =>
      approveClaim(store, packs, by(county.finance, on), bookId, id, null, { note }),
    pay: (id: string, note: string | null = null) =>
      payClaim(store, packs, by(county.payer, on), bookId, id, { ...paymentInput({ effectiveDate }), note }),
  };
};

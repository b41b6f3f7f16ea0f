import type { Test } from 'tap';
import { uploadAttachment } from '../../src/attachments/index.js';
import type { Store } from '../../src/db/store.js';
import { type PackSet, parsePacks } from '../../src/policy/index.js';
import { declareBase, getReliefCap, type NewBase } from '../../src/relief/index.js';
import { temporaryFolder } from '../evidence/outside.js';
import { baseInput, by, openFund, RELIEF, seedWorld, type World } from '../fixture.js';
import { packText, ruleText } from '../policy/pack-text.js';

/** A cap of 5% by a pack of its own, on whose levels a province decided; nothing else is asked. */
export function capPack(levels: string | null = 'central,provincial,prefecture,county'): PackSet {
  const value = levels === null ? 'null' : `"${levels}"`;
  const text = packText(
    [
      ruleText({
        id: 'AA-01.cap',
        kind: 'ratio_cap',
        scope: '{ sources: [social_relief], stages: [contract, submission, payment] }',
        verdict: undefined,
        codes: undefined,
        as: undefined,
        capParameter: 'AA-01.cap',
        warnFromParameter: 'AA-01.notice',
        levelsParameter: 'AA-01.levels',
      }).replaceAll(/^.*undefined\n?/gm, ''),
    ],
    {
      parameters: [
        '  - { id: AA-01.cap, unit: ratio, value: "0.05", from: 2020-01-01, until: null, clause: AA-01 }',
        '  - { id: AA-01.notice, unit: ratio, value: "0.04", from: 2020-01-01, until: null, clause: AA-01 }',
        `  - { id: AA-01.levels, unit: levels, value: ${value}, from: 2020-01-01, until: null, clause: AA-01 }`,
      ].join('\n'),
    },
  );
  return parsePacks([{ file: 'a.yaml', bytes: Buffer.from(text) }]);
}

export interface Scene extends World {
  readonly fundId: string;
  readonly fileId: string;
  /** Declares a base on the day it names. */
  readonly declare: (given: Parameters<typeof baseInput>[0]) => ReturnType<typeof declareBase>;
  readonly cap: (year: number, on: string) => ReturnType<typeof getReliefCap>;
}

/** A county with relief money of 2022 and a file that may be evidence. */
export async function scene(t: Test, store: Store, packs = capPack()): Promise<Scene> {
  const world = await seedWorld(store, { packs });
  const { county } = world;
  const fundId = await openFund(world, { granted: '10000.00', fund: { terms: RELIEF } });
  const upload = {
    fileName: '发放统计.pdf',
    mediaType: 'application/pdf',
    bytes: Buffer.from('%PDF-1.7\n1 0 obj'),
  } as const;
  const { id } = await uploadAttachment(store, temporaryFolder(t), by(county.finance), county.bookId, upload);
  return {
    ...world,
    fundId,
    fileId: id,
    declare: (given) =>
      declareBase(
        store,
        by(county.finance, { at: `${given.declaredDate ?? '2022-07-01'}T02:00:00.000Z` }),
        county.bookId,
        baseInput({ attachmentId: given.basis && given.basis !== 'estimate' ? id : null, ...given }),
      ),
    cap: (year, on) =>
      getReliefCap(store, world.packs, county.auditor, county.bookId, {
        year,
        on,
        now: new Date(`${on}T02:00:00.000Z`),
      }),
  };
}

export const PROJECTION: Partial<NewBase> = {
  basis: 'projection',
  spentToDate: '500.00',
  spentAsOf: '2022-06-30',
  documentDate: '2022-07-05',
  declaredDate: '2022-07-10',
};
export const FINAL: Partial<NewBase> = {
  basis: 'final',
  documentDate: '2023-01-31',
  declaredDate: '2023-02-01',
};

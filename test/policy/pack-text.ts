import { DomainError } from '../../src/core/errors.js';
import { type PackFault, parsePacks } from '../../src/policy/index.js';

/** The smallest pack that loads, for tests that change one thing about it. */
export function packText(
  rules: readonly string[],
  { clauses = '', parameters = '', tests = '' } = {},
): string {
  return `document:
  id: aa-test
  title: 测试文件
  documentNo: 测〔2020〕1号
  issuer: 测试局
  date: 2020-01-01
  jurisdiction: []
  effectiveFrom: 2020-01-01
  effectiveUntil: null
  sourceSha256: null
  grade: seed
clauses:
  - { id: AA-01, section: 一, force: M, text: 不得购买货物, quotation: 不得购买货物, status: enforced }
${clauses}
${parameters === '' ? '' : `parameters:\n${parameters}`}
rules:
${rules.join('\n')}
${tests === '' ? '' : `tests:\n${tests}`}
`;
}

/** A rule that denies equipment; every field may be replaced by other YAML. */
export function ruleText(fields: object): string {
  const all = {
    id: 'AA-01.goods',
    clause: 'AA-01',
    kind: 'expenditure',
    scope: '{ sources: any, stages: [submission] }',
    severity: 'block',
    verdict: 'denied',
    codes: '["310"]',
    as: '货物采购',
    ...fields,
  };
  const lines = Object.entries(all).map(([key, value]) => `    ${key}: ${value}`);
  return lines.join('\n').replace(/^ {4}/, '  - ');
}

/** A rule of another kind, from its own fields alone. */
export function kindText(kind: string, fields: object): string {
  const all = {
    id: `AA-01.${kind.replaceAll('_', '-')}`,
    clause: 'AA-01',
    kind,
    severity: 'review',
    ...fields,
  };
  const lines = Object.entries(all).map(([key, value]) => `    ${key}: ${value}`);
  return lines.join('\n').replace(/^ {4}/, '  - ');
}

/** A pack text under another name: its document, clauses, rules and parameters are called BB instead of AA. */
export const renamed = (text: string): string => text.replaceAll('AA-', 'BB-').replaceAll('aa-', 'bb-');

export interface TestFile {
  readonly file: string;
  readonly bytes: Uint8Array;
}
export const file = (text: string, name = 'a.yaml'): TestFile => ({ file: name, bytes: Buffer.from(text) });

export function faultsOf(...files: TestFile[]): readonly PackFault[] {
  try {
    parsePacks(files);
    return [];
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'policy_packs_invalid') throw error;
    return error.options.details!.faults as PackFault[];
  }
}

/** 1-based line of the first occurrence of `part`. */
export const lineOf = (text: string, part: string): number => {
  if (!text.includes(part)) throw new Error(`the pack does not say ${part}`);
  return text.slice(0, text.indexOf(part)).split('\n').length;
};

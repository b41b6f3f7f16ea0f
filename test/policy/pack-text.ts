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

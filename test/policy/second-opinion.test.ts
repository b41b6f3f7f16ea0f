import t from 'tap';
import { addDays, addMonths } from '../../src/core/dates.js';
import { factsOf } from '../../src/policy/cases/golden.js';
import { decide, type Facts, loadGolden, loadPacks } from '../../src/policy/index.js';
import { buildFacts } from '../../src/policy/packTests.js';
import { agreed, readBoth } from './naive/compare.js';
import { naiveDecide } from './naive/decide.js';
import { monthsLater } from './naive/pack.js';
import { judgeCases, judgeChanged } from './naive/run.js';

/**
 * A second, naive interpreter, written from docs/policy-packs.md alone, gives the same decision for the same reasons.
 * Seeds are fixed here; test/soak/second-opinion.ts judges more cases with new ones.
 */
// The many cases take longer than tap's own thirty seconds where the test is run by itself.
t.setTimeout(900_000);

const { packs } = loadPacks();
const both = readBoth(packs.map(({ text }) => text));

t.test('random cases, which reach everything that every rule can say', async (t) => {
  const { heard } = judgeCases(12_000, 2023_11);
  t.same(heard.missing(both.naive), []);
  for (const [kind, count] of heard.perKind(both.naive)) t.ok(count >= 100, `${kind}: ${count} findings`);
});

t.test('packs changed at random: modes, windows, places, severities, sources, overrides, fields', async () =>
  judgeChanged(8_000, 2021_26),
);

t.test('the tests of the packs', async (t) => {
  for (const { testBase, tests, document } of packs) {
    for (const { name, facts, expect } of tests) {
      const { outcome, reasons } = naiveDecide(both.naive, buildFacts(testBase, facts));
      const about = `${document.id} ${name}`;
      t.equal(outcome, expect.outcome, about);
      for (const [rule, effect] of Object.entries(expect.reasons)) {
        t.ok(
          reasons.some((reason) => reason.rule === rule && reason.effect === effect),
          `${about}: ${rule} ${effect}`,
        );
      }
      for (const rule of expect.absent) {
        t.notOk(
          reasons.some((reason) => reason.rule === rule),
          `${about}: no ${rule}`,
        );
      }
      t.doesNotThrow(() => agreed(both, buildFacts(testBase, facts)), about);
    }
  }
});

t.test('the committed boundary cases', async (t) => {
  const overrides = new Map(packs.flatMap(({ rules }) => rules.map((rule) => [rule.id, rule.overrides])));
  let tried = 0;
  for (const each of [...loadGolden().values()].flat()) {
    const own = [each.rule, ...(overrides.get(each.rule) ?? [])];
    for (const one of each.cases) {
      tried += 1;
      const facts = factsOf(each, one);
      const decision = naiveDecide(both.naive, facts);
      const reasons = decision.reasons.filter(({ rule }) => own.includes(rule));
      const effects = own.flatMap((id) => {
        const heard = reasons.filter(({ rule }) => rule === id).map(({ effect }) => effect);
        return heard.length > 0 ? [[id, heard.join('+')]] : [];
      });
      const first = reasons.find(({ rule }) => rule === each.rule);
      const got = {
        outcome: decision.outcome,
        reasons: Object.fromEntries(effects),
        clause: first?.clause,
        isUnverified: first?.isSourceVerified === false,
        isInForce: overrides.has(each.rule) || decision.packs.some(({ id }) => id === each.rule),
      };
      const { outcome, reasons: expected, clause, isUnverified = false, isInForce = true } = one;
      t.same(got, { outcome, reasons: expected, clause, isUnverified, isInForce }, one.case);
      agreed(both, facts);
    }
  }
  t.ok(tried > 1000, `${tried} cases`);
});

t.test('the corresponding day, on every day of eight years', async (t) => {
  let tried = 0;
  for (let day = '2019-01-01'; day < '2027-01-01'; day = addDays(day, 1)) {
    for (const months of [0, 1, 11, 12, 13, 36, 48]) {
      tried += 1;
      if (addMonths(day, months) !== monthsLater(day, months)) t.fail(`${day} and ${months} months`);
    }
  }
  t.ok(tried > 20_000, `${tried} days`);
});

t.test('facts that break the demands give no decision', async (t) => {
  const facts = buildFacts({ contract: {} });
  const table = buildFacts({ stage: 'allotment', allotment: {} }).allotment;
  const broken: Readonly<Record<string, Facts>> = {
    'no contract at stage contract': { ...facts, stage: 'contract', contract: null },
    'no allotment at stage allotment': { ...facts, stage: 'allotment' },
    'an allotment at another stage': { ...facts, allotment: table },
    'a line on a fund that is not there': {
      ...facts,
      lines: facts.lines.map((line) => ({ ...line, fundId: 'F9' })),
    },
    'a line on an inherited name': {
      ...facts,
      lines: facts.lines.map((line) => ({ ...line, fundId: 'constructor' })),
    },
    'no funds': { ...facts, funds: {}, lines: [] },
    'a place of five digits': { ...facts, divisionCode: '51010' },
    'a place of seven digits': { ...facts, divisionCode: '5101050' },
    'a place with a letter': { ...facts, divisionCode: '51010x' },
  };
  for (const [about, each] of Object.entries(broken)) {
    t.throws(() => decide(both.engine, each), about);
    t.throws(() => naiveDecide(both.naive, each), `the second opinion: ${about}`);
  }
});

import { existsSync, readFileSync } from 'node:fs';
import { test } from 'tap';
import { projectFile } from '../../src/core/project.js';
import { loadPacks } from '../../src/policy/index.js';

/**
 * The catalogue of the five documents' money clauses, checked word by word against their texts, is not part of this
 * repository: it lies beside it. Without it the test is skipped and says so; with CONFORMANCE_VECTORS=required that
 * is a failure.
 */
const CATALOGUE = projectFile('..', 'shared', 'facts', 'clauses.md');

interface CatalogueClause {
  readonly id: string;
  readonly force: string;
  readonly quote: string;
}

/** Sections `### SC-01　[M]`, each with its quotation in the first line that starts with `> `. */
function catalogueClauses(markdown: string): CatalogueClause[] {
  return markdown
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const [, id, force] = /^([A-Z]{2}-\d{2})\s+\[([A-Z])\]/.exec(section) ?? [];
      const quote = /^> (.+)$/m.exec(section)?.[1];
      if (id === undefined || force === undefined || quote === undefined)
        throw new Error(`not a clause of the catalogue: ${section.slice(0, 80)}`);
      return { id, force, quote };
    });
}

const parts = (text: string) => text.split('……').map(closed);
const closed = (text: string) => text.replace(/\s/g, '');

/** The parts of a quotation stand in a text, in their order. */
function occursIn(text: string, quotation: string): boolean {
  let from = 0;
  return parts(quotation).every((part) => {
    const at = text.indexOf(part, from);
    from = at + part.length;
    return part !== '' && at >= 0;
  });
}

test('every clause of the catalogue is in a pack, with its force and its own words', async (t) => {
  if (!existsSync(CATALOGUE)) {
    if (process.env['CONFORMANCE_VECTORS'] === 'required') t.fail(`no catalogue at ${CATALOGUE}`);
    else {
      t.comment(`NOT RUN: no catalogue at ${CATALOGUE}`);
      t.pass('not run', { skip: `no catalogue at ${CATALOGUE}` });
    }
    return;
  }
  const expected = catalogueClauses(readFileSync(CATALOGUE, 'utf8'));
  t.equal(expected.length, 112);
  const { packs } = loadPacks();
  const carried = new Map(packs.flatMap((pack) => pack.clauses.map((clause) => [clause.id, clause])));
  for (const { id, force, quote } of expected) {
    const clause = carried.get(id);
    if (clause === undefined) {
      t.fail(`${id} is in no pack`);
      continue;
    }
    t.equal(clause.force, force, `${id}: force`);
    t.ok(occursIn(closed(quote), clause.text), `${id}: text`, { text: clause.text, quote });
    t.ok(occursIn(closed(quote), clause.quotation), `${id}: quotation`, {
      quotation: clause.quotation,
      quote,
    });
    t.ok(occursIn(closed(clause.text), clause.quotation), `${id}: quotation inside its text`);
  }
  const own = packs.flatMap((pack) => (pack.document.id === 'cn-national' ? [] : pack.clauses));
  const known = new Set(expected.map(({ id }) => id));
  t.same(
    own.filter(({ id }) => !known.has(id)).map(({ id }) => id),
    [],
    'the five packs quote no clause that the catalogue does not have',
  );
});

test('the order of the parts counts, and so does every word', async (t) => {
  t.ok(occursIn('甲乙丙丁', '甲……丁'));
  t.notOk(occursIn('甲乙丙丁', '丁……甲'));
  t.notOk(occursIn('甲乙丙丁', '甲丙'));
  t.notOk(occursIn('甲乙丙丁', '甲……'));
});

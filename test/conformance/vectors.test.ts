import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Test, test } from 'tap';
import { canonicalJson } from '../../src/core/canonical-json.js';
import { ProofError, verifyConsistency, verifyInclusion } from '../../src/core/merkle.js';
import { verifyEd25519 } from '../../src/core/note.js';
import { projectFile } from '../../src/core/project.js';

/**
 * Other people's test vectors, which are not part of this repository: they lie beside it (its README names the
 * sources). Without them the tests are skipped and say so; with CONFORMANCE_VECTORS=required that is a failure.
 */
const FOLDER = projectFile('..', 'shared', 'vectors');

function vectors(name: string, work: (t: Test, path: string) => void): void {
  const path = join(FOLDER, name);
  test(name, async (t) => {
    if (existsSync(path)) {
      work(t, path);
    } else if (process.env['CONFORMANCE_VECTORS'] === 'required') {
      t.fail(`no vectors at ${path}`);
    } else {
      t.comment(`NOT RUN: no vectors at ${path}`);
      t.pass('not run', { skip: `no vectors at ${path}` });
    }
  });
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

/** Every JSON file below a folder. */
function jsonFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Whether a proof holds; anything but a refusal with a code is a fault of ours. */
function holds(verify: () => void): boolean {
  try {
    verify();
    return true;
  } catch (error) {
    if (error instanceof ProofError) return false;
    throw error;
  }
}

const hexOf = (base64: string): string => Buffer.from(base64, 'base64').toString('hex');

interface Inclusion {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
  readonly proof: readonly string[] | null;
  readonly desc: string;
  readonly wantErr: boolean;
}

vectors('merkle/inclusion', (t, folder) => {
  const files = jsonFiles(folder);
  let good = 0;
  for (const file of files) {
    const vector = readJson(file) as Inclusion;
    const claim = {
      index: vector.leafIdx,
      size: vector.treeSize,
      leafHash: hexOf(vector.leafHash),
      proof: (vector.proof ?? []).map(hexOf),
      root: hexOf(vector.root),
    };
    t.equal(
      holds(() => verifyInclusion(claim)),
      !vector.wantErr,
      `${relative(folder, file)}: ${vector.desc}`,
    );
    if (!vector.wantErr) good += 1;
  }
  t.ok(good > 0 && good < files.length, 'good and hostile ones');
  t.comment(`merkle/inclusion: ${files.length} vectors, ${good} to be accepted`);
});

interface Consistency {
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
  readonly proof: readonly string[] | null;
  readonly desc: string;
  readonly wantErr: boolean;
}

vectors('merkle/consistency', (t, folder) => {
  const files = jsonFiles(folder);
  let good = 0;
  const placeholders: string[] = [];
  for (const file of files) {
    const vector = readJson(file) as Consistency;
    const name = `${relative(folder, file)}: ${vector.desc}`;
    const accepts = (hashOf: (base64: string) => string) =>
      holds(() =>
        verifyConsistency({
          firstSize: vector.size1,
          secondSize: vector.size2,
          firstRoot: hashOf(vector.root1),
          secondRoot: hashOf(vector.root2),
          proof: (vector.proof ?? []).map(hashOf),
        }),
      );
    if (!vector.wantErr) good += 1;
    if (vector.wantErr || hexOf(vector.root1).length === 64) {
      t.equal(accepts(hexOf), !vector.wantErr, name);
    } else {
      // A good vector whose root is no hash but the text "don't care": we refuse that, whatever is compared with it.
      t.notOk(accepts(hexOf), `${name}: not with a root that is no hash`);
      placeholders.push(name);
    }
    // All vectors once more with a hash in place of each such text, so that they are decided by what they are about.
    t.equal(accepts(hashInPlace), !vector.wantErr, `${name}: hashes in place of texts`);
  }
  t.ok(good > 0 && good < files.length, 'good and hostile ones');
  t.comment(`merkle/consistency: ${files.length} vectors, ${good} to be accepted`);
  for (const name of placeholders)
    t.comment(`accepted only with a hash in place of its root "don't care": ${name}`);
});

function hashInPlace(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  const isText = bytes.toString('latin1').startsWith("don't care");
  return isText ? createHash('sha256').update(bytes).digest('hex') : bytes.toString('hex');
}

vectors('jcs', (t, folder) => {
  const names = readdirSync(join(folder, 'input')).sort();
  t.same(names, readdirSync(join(folder, 'output')).sort());
  for (const name of names) {
    const bytes = Buffer.from(canonicalJson(readJson(join(folder, 'input', name))), 'utf8');
    t.ok(bytes.equals(readFileSync(join(folder, 'output', name))), name);
  }
  t.ok(names.length > 0);
  t.comment(`jcs: ${names.length} vectors`);
});

interface Wycheproof {
  readonly numberOfTests: number;
  readonly testGroups: readonly {
    readonly publicKey: { readonly pk: string };
    readonly tests: readonly {
      readonly tcId: number;
      readonly comment: string;
      readonly msg: string;
      readonly sig: string;
      readonly result: 'valid' | 'invalid' | 'acceptable';
    }[];
  }[];
}

vectors('ed25519-wycheproof.json', (t, file) => {
  const { numberOfTests, testGroups } = readJson(file) as Wycheproof;
  const counts = { valid: 0, invalid: 0, acceptable: 0 };
  for (const { publicKey, tests } of testGroups) {
    const key = Buffer.from(publicKey.pk, 'hex');
    for (const { tcId, comment, msg, sig, result } of tests) {
      const isValid = verifyEd25519(Buffer.from(msg, 'hex'), Buffer.from(sig, 'hex'), key);
      counts[result] += 1;
      // An acceptable one may go either way; which way is printed.
      if (result === 'acceptable')
        t.comment(`acceptable ${tcId} (${comment}): ${isValid ? 'accepted' : 'refused'}`);
      else t.equal(isValid, result === 'valid', `${tcId} ${comment}`);
    }
  }
  const run = counts.valid + counts.invalid + counts.acceptable;
  t.equal(run, numberOfTests);
  t.comment(
    `ed25519: ${run} vectors, ${counts.valid} valid, ${counts.invalid} invalid, ${counts.acceptable} acceptable`,
  );
});

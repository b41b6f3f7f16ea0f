import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DomainError } from '../core/errors.js';
import { checkPacks } from './check.js';
import { checkTests } from './check-tests.js';
import { RuleIndex } from './compile.js';
import type { Pack } from './pack.schema.js';
import { type PackFault, type PackFile, type Path, readPack } from './read.js';

/** Packs that loaded together without a fault: immutable, and all that a decision needs besides its facts. */
export interface PackSet {
  readonly packs: readonly Pack[];
  /** Keywords of all text rules, unique, in code point order. */
  readonly terms: readonly string[];
  /** Derived from `packs`; holds the cache of applicable rules. */
  readonly index: RuleIndex;
}

/**
 * Loads every `*.yaml` of a folder.
 * @throws DomainError `policy_packs_invalid` with *all* faults, each with file and line, in `details.faults`.
 */
export function loadPacks(folder = defaultPackFolder(), options: LoadOptions = {}): PackSet {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
  return parsePacks(
    names.map((file) => ({ file, bytes: readFileSync(join(folder, file)) })),
    options,
  );
}

/** src/policy/packs beside the nearest package.json that has it, from the sources and from dist/ alike. */
export function defaultPackFolder(): string {
  let root = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const folder = join(root, 'src', 'policy', 'packs');
    if (existsSync(join(root, 'package.json')) && existsSync(folder)) return folder;
    const parent = dirname(root);
    if (parent === root) throw new Error('no package with policy packs above the policy module');
    root = parent;
  }
}

export interface LoadOptions {
  /** Whether a test of a pack that does not hold is a fault too; false where tests are looked at by themselves. */
  readonly holdTests?: boolean;
}

/** @throws DomainError `policy_packs_invalid` as `loadPacks` does */
export function parsePacks(
  files: readonly { readonly file: string; readonly bytes: Uint8Array }[],
  { holdTests = true }: LoadOptions = {},
): PackSet {
  if (files.length === 0) throw invalid([{ file: '.', line: 1, message: '没有找到政策包' }]);
  return assemble(
    files.map(({ file, bytes }) => readPack(file, bytes)),
    holdTests,
  );
}

/**
 * A set with one pack more, which takes the place of the pack of the same document id. Its tests need not hold: it may
 * be on trial.
 * @throws DomainError `policy_packs_invalid` with all faults of the set with it in
 */
export function withPack({ packs }: PackSet, added: Pack): PackSet {
  const all = [...packs.filter(({ document }) => document.id !== added.document.id), added];
  const files = all.map((pack) => ({
    file: pack.file,
    pack,
    faults: [],
    leftOut: new Set<string>(),
    lineOf: (path: Path) => readPack(pack.file, Buffer.from(pack.text, 'utf8')).lineOf(path),
  }));
  return assemble(files, false);
}

function assemble(read: readonly PackFile[], holdTests: boolean): PackSet {
  const packs = read.flatMap(({ pack }) => (pack === null ? [] : [pack]));
  const faults = read.flatMap((one) => one.faults);
  const leftOut = new Set(read.flatMap((one) => [...one.leftOut]));
  const { faults: found, isBroken } = checkPacks(packs, leftOut);
  const set = faults.length > 0 || isBroken ? null : compilePacks(packs);
  const lineIn = new Map(read.map((one) => [one.file, one.lineOf]));
  const ofTests = holdTests ? checkTests(packs, set) : [];
  for (const { file, path, message } of [...found, ...ofTests]) {
    faults.push({ file, line: lineIn.get(file)!(path), message });
  }
  if (faults.length > 0 || set === null) throw invalid(faults);
  return set;
}

/**
 * A set of packs that were loaded before. Nothing is checked across them: the packs in force at one place and date are
 * enough to decide there, though a rule that they override may stand in another.
 */
export function compilePacks(packs: readonly Pack[]): PackSet {
  const terms = new Set(
    packs.flatMap(({ rules }) => rules.flatMap((rule) => (rule.kind === 'text_match' ? rule.keywords : []))),
  );
  return Object.freeze({
    packs: deepFreeze(packs),
    terms: Object.freeze([...terms].sort()),
    index: new RuleIndex(packs),
  });
}

/** One pack by itself, by its form alone. @throws DomainError `policy_packs_invalid` */
export function parsePack(file: string, bytes: Uint8Array): Pack {
  const { pack, faults } = readPack(file, bytes);
  if (pack === null || faults.length > 0) throw invalid(faults);
  return pack;
}

function invalid(faults: readonly PackFault[]): DomainError {
  const sorted = [...faults].sort(
    (a, b) => compareText(a.file, b.file) || a.line - b.line || compareText(a.message, b.message),
  );
  const list = sorted.map(({ file, line, message }) => `${file}:${line} ${message}`).join('\n');
  return new DomainError('policy_packs_invalid', `政策包有 ${sorted.length} 处错误：\n${list}`, {
    details: { faults: sorted },
  });
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}

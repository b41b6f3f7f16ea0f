import type { FormValues, NewClaim } from '../../../claims/index.js';
import { rowsAt, type Tree, valueAt } from '../../tree.js';

/** What the form of a claim is opened with: texts by the names of its fields. */
export type Values = Tree;

type Line = NewClaim['lines'][number];

/** A claim as its form has it. `fileNames` are those of its attachments. */
export function valuesOfClaim(claim: NewClaim, fileNames: Readonly<Record<string, string>> = {}): Values {
  const { lines, ...head } = claim;
  return {
    ...texts(head),
    lines: rows(lines.map((line) => valuesOfLine(line, fileNames))),
  };
}

function valuesOfLine(
  { invoice, evidence, beneficiaryGroups, ...line }: Line,
  names: Readonly<Record<string, string>>,
): Tree {
  // The first file of an invoice has a place of its own in the form.
  const invoiceFile = evidence.find(({ kind }) => kind === 'invoice');
  const others = evidence.filter((item) => item !== invoiceFile);
  return {
    ...texts(line),
    // An empty word is "nobody in particular", which is not the same as not knowing.
    ...(beneficiaryGroups
      ? { beneficiaryGroups: beneficiaryGroups.length > 0 ? [...beneficiaryGroups] : [''] }
      : {}),
    ...(invoice ? { invoice: texts(invoice) } : {}),
    ...(invoiceFile
      ? {
          invoiceFile: invoiceFile.attachmentId,
          _invoiceFileName: names[invoiceFile.attachmentId] ?? '发票文件',
        }
      : {}),
    evidence: rows(
      others.map(({ kind, attachmentId }) => ({
        kind,
        attachmentId,
        _attachmentIdName: names[attachmentId] ?? '已上传的文件',
      })),
    ),
  };
}

const texts = (values: Readonly<Record<string, unknown>>): Tree =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== null && value !== undefined && typeof value !== 'object')
      .map(([name, value]) => [name, String(value)]),
  );

export const rows = (list: readonly Tree[]): Tree => Object.fromEntries(list.entries()) as unknown as Tree;

/** The body of a claim or report that the form's texts make: the invoice's file is one more document of its line. */
export function bodyOf(typed: Tree): Tree {
  return { ...typed, lines: rows((rowsAt(typed, 'lines') as Tree[]).map(lineBody)) };
}

function lineBody({ invoiceFile, ...line }: Tree): Tree {
  const evidence = rowsAt(line, 'evidence') as Tree[];
  const all = invoiceFile ? [{ kind: 'invoice', attachmentId: invoiceFile }, ...evidence] : evidence;
  return { ...line, evidence: rows(all) };
}

/** Names of fields that begin with "_" are none to the API; those worth keeping are kept under this prefix. */
const KEPT = 'kept.';

/** The form as 暂存 keeps it, whatever is missing or wrong in it. */
export const contentOf = (typed: Tree): FormValues =>
  Object.fromEntries(
    Object.entries(typed)
      .filter(([name]) => !/^[_:]/.test(name))
      .map(([name, value]) => [name, kept(value)]),
  ) as FormValues;

function kept(value: Tree[string]): unknown {
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  if (entries.every(([key]) => /^\d+$/.test(key))) return entries.map(([, row]) => kept(row));
  return Object.fromEntries(
    entries
      .filter(([name]) => !name.startsWith('_') || name.endsWith('Name'))
      .map(([name, member]) => [name.replace(/^_/, KEPT), kept(member)]),
  );
}

/** What 暂存 kept, as the form has it. */
export const valuesOfContent = (content: unknown): Values => restored(content) as Values;

function restored(value: unknown): Tree | string | string[] {
  if (Array.isArray(value))
    return value.some((member) => typeof member === 'object')
      ? rows(value.map((member) => restored(member) as Tree))
      : value.map(String);
  if (typeof value !== 'object' || value === null) return String(value ?? '');
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.replace(KEPT, '_'), restored(member)]),
  );
}

/** A further line: paid and classified like the one before it, since most are. What it is and costs is left open. */
export function withNextLine(typed: Tree): Tree {
  const lines = rowsAt(typed, 'lines') as Tree[];
  const { fundId, economicCode, serviceItem, beneficiaryGroups, stationId, endUser, rosterCoverage } =
    lines.at(-1) ?? {};
  const likewise = {
    fundId,
    economicCode,
    serviceItem,
    beneficiaryGroups,
    stationId,
    endUser,
    rosterCoverage,
  };
  const next = Object.fromEntries(
    Object.entries(likewise).filter(([, value]) => value !== undefined),
  ) as Tree;
  return { ...typed, lines: rows([...lines, { ...structuredClone(next), _open: '1' }]) };
}

/** The form with some fields of one row changed. */
export function withRow(typed: Tree, index: number, change: (row: Tree) => Tree): Tree {
  const lines = rowsAt(typed, 'lines') as Tree[];
  return { ...typed, lines: rows(lines.map((row, at) => (at === index ? change(row) : row))) };
}

/** The row that a button such as `read:lines.2` names. */
export const rowOf = (action: string): number => Number(/:lines\.(\d{1,4})$/.exec(action)?.[1] ?? -1);

export const textAt = (tree: unknown, name: string): string => {
  const found = valueAt(tree, name);
  return Array.isArray(found) ? (found[0] ?? '') : (found ?? '');
};

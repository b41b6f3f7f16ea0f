import { rowsAt, type Tree } from './tree.js';

/**
 * The buttons that every form has for its lists, for browsers without scripts as well: `add:lines` puts an empty row at
 * the end, `copy:lines.0` one like the first, `remove:lines.0` takes it out, `clear:lines.0.file` empties a field.
 * Null for any other button.
 */
export function editRows(action: string, tree: Tree): Tree | null {
  const [, edit, name] = /^(add|copy|remove|clear):([\w.]+)$/.exec(action) ?? [];
  if (!edit || !name) return null;
  const copy = structuredClone({ ...tree });
  if (edit === 'add') {
    setRows(copy, name, (rows) => [...rows, { _new: '1' }]);
    return copy;
  }
  const path = name.split('.');
  const last = path.pop() as string;
  const list = path.join('.');
  if (edit === 'remove') setRows(copy, list, (rows) => rows.filter((_, index) => index !== Number(last)));
  if (edit === 'copy') setRows(copy, list, (rows) => [...rows, structuredClone(rows[Number(last)] ?? {})]);
  if (edit === 'clear') {
    const node = nodeAt(copy, path);
    if (node && Object.hasOwn(node, last)) node[last] = '';
  }
  return copy;
}

function setRows(tree: Tree, name: string, change: (rows: unknown[]) => unknown[]): void {
  const path = name.split('.');
  const last = path.pop() as string;
  const node = nodeAt(tree, path);
  if (node) node[last] = Object.fromEntries(change(rowsAt(node, last)).entries()) as Tree;
}

function nodeAt(tree: Tree, path: readonly string[]): Tree | null {
  let node: Tree = tree;
  for (const step of path) {
    const next = Object.hasOwn(node, step) ? node[step] : undefined;
    if (typeof next !== 'object' || Array.isArray(next)) return null;
    node = next;
  }
  return node;
}

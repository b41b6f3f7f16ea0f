import type { FastifyRequest } from 'fastify';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { BusinessDate } from '../core/dates.js';
import type { Dependencies } from '../http/context.js';
import type { Problem } from '../http/errors.js';
import type { BookView } from '../ledger/index.js';
import type { Actor, Me, SavedFilterView } from '../organisations/index.js';
import type { Operations } from './operations.js';
import type { Tree } from './tree.js';
import type { Workspace } from './workspaces.js';

/** How amounts are shown: 元 to the 分, or 万元 to the 分 as well (six decimals at most, zeros at the end left off). */
export type Unit = 'yuan' | 'wan';

/** What became of the form that this page answers. */
export interface Said {
  /** The form's name, and the button that was pressed. */
  readonly form: string;
  readonly action: string;
  readonly typed: Tree;
  /** First fault of every field, by its dotted name. */
  readonly faults: ReadonlyMap<string, string>;
  /** Why nothing was recorded; null where it was, or where only the form was edited. */
  readonly problem: Problem | null;
  /** Why a trial (`isTrial`) could not be made: nothing was to be recorded, so nothing is reproached. */
  readonly trial: Problem | null;
  /** What the API answered to an action that only shows (a preview, a new token); null otherwise. */
  readonly answer: unknown;
  /** What a button changed of the form; null for buttons that show it themselves. */
  readonly note: Note | null;
}
export interface Note {
  readonly tone: 'ok' | 'warning';
  readonly text: string;
}

/** What the action before this page achieved, or how far it came. */
export interface Flash {
  readonly tone: 'ok' | 'warning';
  readonly text: string;
}

/** Everything that a page is made from. */
export interface PageContext<
  Params = Readonly<Record<string, string>>,
  Query = Readonly<Record<string, unknown>>,
> {
  readonly deps: Dependencies;
  readonly operations: Operations;
  readonly request: FastifyRequest;
  /** Who looks. On pages for anybody, `visitor` is null and this throws. */
  readonly actor: Actor;
  readonly visitor: Visitor | null;
  readonly params: Params;
  readonly query: Query;
  /** The address without its query, and the query as it was sent. */
  readonly path: string;
  readonly search: URLSearchParams;
  /** The date in China by the service's clock. */
  readonly today: BusinessDate;
  readonly unit: Unit;
  readonly said: Said | null;
  readonly flash: Flash | null;
  /** Queries of this list that the visitor kept. */
  readonly savedFilters: readonly SavedFilterView[];
  /** Belongs in every form; null without a session. */
  readonly csrf: string | null;
  /** Makes a form safe to send twice. */
  readonly formKey: string;
  /** Paths of all pages that exist, for menus without dead entries. */
  readonly pages: ReadonlySet<string>;
}

export interface Visitor {
  readonly me: Me;
  readonly workspaces: readonly Workspace[];
  readonly workspace: Workspace | null;
  /** The book that the page is about; else the workspace's own. */
  readonly book: BookView | null;
}

const Context = createContext<PageContext | null>(null);
export const PageProvider = Context.Provider;

/** The page under way, for components. */
export function usePage(): PageContext {
  const context = useContext(Context);
  if (!context) throw new Error('a component was rendered outside a page');
  return context;
}

/** Names in the address that say where one is in a list, not what is asked for; of a second table, `other.page`. */
export const isPlace = (name: string): boolean => PLACES.has(name.split('.').at(-1) as string);
const PLACES: ReadonlySet<string> = new Set(['cursor', 'page', 'export', 'part', 'open']);

/** The page's own address with some of its query changed; null takes a name out. What pages through is reset. */
export function hrefWith(
  { path, search }: Pick<PageContext, 'path' | 'search'>,
  changes: Readonly<Record<string, string | null>>,
): string {
  const next = new URLSearchParams(search);
  for (const name of [...next.keys()]) if (isPlace(name)) next.delete(name);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  return text ? `${path}?${text}` : path;
}

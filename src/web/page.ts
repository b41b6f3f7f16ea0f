import type { VNode } from 'preact';
import { z } from 'zod';
import { identifier } from '../core/fields.js';
import type { Problem } from '../http/errors.js';
import type { Table } from '../sheets/index.js';
import type { Note, PageContext } from './context.js';
import type { Tree } from './tree.js';

/** Where to go after an action, and what to say there. */
export interface Done {
  readonly to: string;
  readonly say?: string;
  /** `warning` where not everything that was asked for was done. */
  readonly tone?: 'ok' | 'warning';
}

/** A button that does an operation of the API. */
export interface ApiAction {
  /** Method and path, such as `POST /books/:bookId/claims`. Path parameters are the page's, or fields named `:name`. */
  readonly operation: string;
  /** What stands behind the operation's address. */
  readonly query?: Readonly<Record<string, string>>;
  /** The same content is one write however often its form is opened: a workbook is not imported twice. */
  readonly isOncePerContent?: true;
  /** Where to after success; or `show`: the page again, with the answer in `said.answer`. */
  readonly done: 'show' | ((answer: never, page: PageContext, typed: Tree) => Done | Promise<Done>);
  /** The field whose file is the body as it is (a workbook to import), instead of becoming an attachment. */
  readonly fileField?: string;
  /** Files whose content becomes the value of a field, by the name of the file's field: text, or bytes in Base64. */
  readonly fileTexts?: Readonly<Record<string, { readonly into: string; readonly as: 'utf8' | 'base64' }>>;
  /** What no schema of the API says (a password typed twice): told together with all that its schema says. */
  readonly check?: (typed: Tree, page: PageContext) => readonly (readonly [field: string, message: string])[];
  /** The last touch to what was typed before it is read, such as a split of one field into two. */
  readonly prepare?: (typed: Tree, page: PageContext) => Tree | Promise<Tree>;
  /** Records nothing: why it cannot be made yet is told in `said.trial`, not as a refusal. */
  readonly isTrial?: true;
  /** What follows once it is done, one after another. */
  readonly next?: readonly NextStep[];
  /** Where to when one of those is refused: what was done before stands. Without it the rest is not looked at. */
  readonly halted?: (answer: never, problem: Problem, page: PageContext, typed: Tree) => Done;
}

/** An operation that follows on another. */
export interface NextStep {
  readonly operation: string;
  /** Its path parameters besides the page's, and the version for If-Match; null leaves it out. */
  readonly of: (
    answer: never,
    page: PageContext,
    typed: Tree,
  ) => { readonly params: Readonly<Record<string, string>>; readonly version?: string } | null;
}

/** A button that changes only the form, or a setting of the browser: nothing of the books. */
export interface LocalAction {
  /** The form as it is shown next, with what is to be said beside its fields; or where to go, with cookies to set. */
  readonly local: (typed: Tree, page: PageContext) => Promise<LocalAnswer | LocalDone>;
  /** Operations of the API that it asks something, none of which records anything. */
  readonly asks?: readonly string[];
}
export interface LocalAnswer {
  readonly typed: Tree;
  readonly faults?: ReadonlyMap<string, string>;
  /** What the operations that it asked say of the form as it is now, and why they could not: as those of a trial. */
  readonly answer?: unknown;
  readonly trial?: Problem;
  /** What became of the form. */
  readonly note?: Note;
}
export interface LocalDone extends Done {
  readonly cookies?: Readonly<Record<string, string>>;
}
export type Action = ApiAction | LocalAction;

type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : Readonly<Record<string, never>>;

/**
 * One page: what it reads, how it looks, and what its forms do. A form that is refused is shown again by the same
 * page, with everything that was typed and every fault beside its field.
 */
export interface PageSpec<Params extends z.ZodObject, Query extends z.ZodObject, Data> {
  /** Such as `/books/:bookId/claims/:id`. */
  readonly path: string;
  /** The path parameters; default: identifiers. */
  readonly params?: Params;
  /** What may be asked for in the address. Something invalid there is said on the page and counts as absent. */
  readonly query?: Query;
  /** Also for whoever is not signed in. */
  readonly isPublic?: true;
  readonly title: string | ((data: Data, page: PageContext<Output<Params>, Output<Query>>) => string);
  /** Reads with `page.actor`, whose permissions the use cases check. Sealed texts are opened afterwards. */
  readonly load: (page: PageContext<Output<Params>, Output<Query>>) => Promise<Data>;
  /** For what is under way: without scripts the browser asks again after so many seconds. Null: no more. */
  readonly refreshSeconds?: (data: Data) => number | null;
  readonly view: (data: Data, page: PageContext<Output<Params>, Output<Query>>) => VNode;
  readonly actions?: Readonly<Record<string, Action>>;
  /** What `?export=xlsx` or `csv` gives: the whole list of the page's query, not only the part that is shown. */
  readonly exported?: (page: PageContext<Output<Params>, Output<Query>>) => Promise<Table<never>>;
  /** Headers of every answer of the page, also of one that says why it cannot be shown. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A sheet for paper: without menu and header. */
  readonly isSheet?: true;
}
export type AnyPage = PageSpec<z.ZodObject, z.ZodObject, never>;

/** Declares a page; keeps the types of its parts together. */
export const definePage = <Params extends z.ZodObject, Query extends z.ZodObject, Data>(
  spec: PageSpec<Params, Query, Data>,
): AnyPage => spec as unknown as AnyPage;

/** Path parameters of a page in a book. */
export const inBook = z.object({ bookId: identifier('Book') });
/** Path parameters of a page of one thing in a book. */
export const ofOne = inBook.extend({ id: identifier('Thing') });

import type { ComponentChildren } from 'preact';
import { Badge } from '../../components/notice.js';
import { usePage } from '../../context.js';
import { outcomeOf } from './words.js';

/** A way to a page, or the bare text while there is no such page. `pattern` is the page's path; `:name` is filled in. */
export function PageLink({
  pattern,
  of,
  query,
  children,
}: {
  pattern: string;
  of: Readonly<Record<string, string>>;
  query?: string;
  children: ComponentChildren;
}) {
  const { pages } = usePage();
  const path = pattern.replace(/:(\w+)/g, (_, name: string) => of[name] ?? '');
  if (!pages.has(pattern)) return <span>{children}</span>;
  return <a href={query ? `${path}?${query}` : path}>{children}</a>;
}

/** Pages of single things by the type that the log names them with. */
const PAGE_OF: Readonly<Record<string, string>> = {
  claim: '/books/:bookId/claims/:id',
  contract: '/books/:bookId/contracts/:id',
  fund: '/books/:bookId/funds/:id',
  procedureRecord: '/books/:bookId/procedures/:id',
  provider: '/books/:bookId/providers/:id',
  waiver: '/books/:bookId/waivers/:id',
  allotment: '/books/:bookId/allotments/:id',
};

export function SubjectLink({
  bookId,
  type,
  id,
  children,
}: {
  bookId: string;
  type: string;
  id: string;
  children: ComponentChildren;
}) {
  const pattern = PAGE_OF[type];
  if (!pattern) return <span>{children}</span>;
  return (
    <PageLink pattern={pattern} of={{ bookId, id }}>
      {children}
    </PageLink>
  );
}

export const LogLink = ({ bookId, index }: { bookId: string; index: number }) => (
  <a href={`/books/${bookId}/log/${index}`}>日志第 {index + 1} 条</a>
);

export const ClauseLink = ({ bookId, clause, year }: { bookId: string; clause: string; year: number }) => (
  <a href={`/books/${bookId}/coverage/${clause}?year=${year}`}>{clause}</a>
);

export function Outcome({ outcome }: { outcome: string | null }) {
  const found = outcomeOf(outcome);
  return found ? <Badge tone={found.tone}>{found.label}</Badge> : <span class="none">—</span>;
}

/** A long fingerprint that may break anywhere. */
export const Hash = ({ children }: { children: string }) => <code class="hash">{children}</code>;

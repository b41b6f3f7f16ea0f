import type { ComponentChildren } from 'preact';
import type { TreeNodeView } from '../../../allotments/index.js';
import { Amount } from '../../components/amount.js';
import { Badge } from '../../components/notice.js';
import { cell } from '../../components/table.js';
import { usePage } from '../../context.js';
import { LogLink } from '../audit/links.js';
import { delayText, SIDE_AMOUNTS, TREE_AMOUNTS } from './tree-columns.js';

export interface Branches {
  readonly bookId: string;
  readonly childrenOf: (id: string) => readonly TreeNodeView[];
  readonly isOpen: (node: TreeNodeView) => boolean;
  readonly mayIssue: boolean;
}

/** A recipient with its amounts, and what is below it, which opens and closes without scripts. */
export function TreeNode({
  node,
  fundName,
  branches,
}: {
  node: TreeNodeView;
  /** Of the fund that the branch begins with: its 文号 need not be said again. */
  fundName: string;
  branches: Branches;
}) {
  const children = branches.childrenOf(node.id);
  const count = children.reduce((sum, child) => sum + child.count, 0);
  return (
    <li id={node.id} class={`tree-node of-${node.kind}`}>
      <div class="tree-row">
        <div class="tree-name">
          <Name node={node} />
          <Way node={node} />
          <Issues node={node} fundName={fundName} />
          <Sides node={node} />
          <Delays node={node} />
        </div>
        <dl class="tree-amounts">
          {TREE_AMOUNTS.map((column) => (
            <div key={column.key}>
              <dt>{column.label}</dt>
              <dd>
                {column.key === 'paid' ? (
                  <PaidDown node={node}>{cell(column, node)}</PaidDown>
                ) : (
                  cell(column, node)
                )}
              </dd>
            </div>
          ))}
        </dl>
      </div>
      {children.length > 0 ? (
        <details class="tree-below" open={branches.isOpen(node)}>
          <summary>
            <span class="sr-only">{node.name}：</span>下级 {count} 个单位
          </summary>
          <ul class="tree">
            {children.map((child) => (
              <TreeNode key={child.id} node={child} fundName={fundName} branches={branches} />
            ))}
          </ul>
        </details>
      ) : node.kind === 'fund' ? (
        <p class="hint tree-none">
          这一批还没有再下达。
          {branches.mayIssue && node.kept !== node.spent ? (
            <a href={`/books/${branches.bookId}/allotments/new`}>下达指标</a>
          ) : null}
        </p>
      ) : null}
    </li>
  );
}

/** A fund leads to its page, a bureau to the tree of its own book. */
function Name({ node }: { node: TreeNodeView }) {
  const [fundId] = node.fundIds;
  const href =
    node.kind === 'fund'
      ? `/books/${node.bookId}/funds/${fundId}`
      : node.bookId === null
        ? null
        : `/books/${node.bookId}/allotments/tree${node.fundIds.length === 1 ? `?fundId=${fundId}` : ''}`;
  return (
    <p class="tree-title">
      {href ? <a href={href}>{node.name}</a> : node.name}
      {node.kind === 'rest' ? null : <span class="aside">{node.levelLabel}</span>}
    </p>
  );
}

/** Cash that was paid down leads to the payments. */
function PaidDown({ node, children }: { node: TreeNodeView; children: ComponentChildren }) {
  const [issue] = node.issues;
  if (!issue || node.bookId === null || node.paid === null || node.paid === '0.00') return <>{children}</>;
  return (
    <a
      href={`/books/${issue.bookId}/disbursements?recipientBookId=${node.bookId}`}
      title={`拨付给${node.name}的记录`}
    >
      {children}
    </a>
  );
}

/** From where a fund came, as far as the reader may look. */
function Way({ node: { above } }: { node: TreeNodeView }) {
  if (above.length === 0) return null;
  return (
    <ol class="tree-way" aria-label="资金从上级来">
      {above.map((step, index) => (
        <li key={index}>
          {step.bookId ? (
            <a href={`/books/${step.bookId}/allotments/tree?fundId=${step.fundId}`}>{step.bureauName}</a>
          ) : (
            step.bureauName
          )}{' '}
          {step.documentNo}，{step.effectiveDate} 下达 <Amount yuan={step.amount} />
        </li>
      ))}
    </ol>
  );
}

const FEW = 2;
/** The documents that issued it, and how it took them in. */
function Issues({
  node: { kind, via, issues, issueCount, bookId },
  fundName,
}: {
  node: TreeNodeView;
  fundName: string;
}) {
  if (via === 'split' && kind === 'unit') return <p class="tree-note">上级文件写明分到</p>;
  if (issues.length === 0) return null;
  const list = (
    <ul class="tree-issues">
      {issues.map((issue) => (
        <li key={`${issue.allotmentId}`}>
          <a href={`/books/${issue.bookId}/allotments?documentNo=${encodeURIComponent(issue.documentNo)}`}>
            {fundName.startsWith(`${issue.documentNo} `) ? '同一文号下达' : issue.documentNo}
          </a>
          ，{issue.effectiveDate}
          {issueCount > 1 ? (
            <>
              ，<Amount yuan={issue.amount} />
            </>
          ) : null}
          ，<LogLink bookId={issue.bookId} index={issue.logIndex} />
          {kind === 'bureau' ? <Receipt takenIn={issue.takenIn} bookId={bookId} /> : null}
        </li>
      ))}
      {issueCount > issues.length ? <li>另有 {issueCount - issues.length} 份更早的文件</li> : null}
    </ul>
  );
  if (issueCount <= FEW) return list;
  return (
    <details>
      <summary>{issueCount} 份文件</summary>
      {list}
    </details>
  );
}

function Receipt({
  takenIn,
  bookId,
}: {
  takenIn: TreeNodeView['issues'][number]['takenIn'];
  bookId: string | null;
}) {
  if (!takenIn) return <>；尚未收文</>;
  const text = `${takenIn.documentNo ?? '已收文'}，${takenIn.effectiveDate}`;
  if (bookId === null || takenIn.logIndex === null) return <>；收文 {text}</>;
  return (
    <>
      ；收文 <a href={`/books/${bookId}/log/${takenIn.logIndex}`}>{text}</a>
    </>
  );
}

function Sides({ node }: { node: TreeNodeView }) {
  const some = SIDE_AMOUNTS.filter((column) => !['0.00', null].includes(column.value(node) as string | null));
  if (some.length === 0) return null;
  return (
    <p class="tree-note">
      {some.map((column) => (
        <span key={column.key}>
          {column.label} <Amount yuan={column.value(node) as string} />{' '}
        </span>
      ))}
    </p>
  );
}

function Delays({ node: { delays } }: { node: TreeNodeView }) {
  const { unit } = usePage();
  if (delays.length === 0) return null;
  return (
    <p class="tree-delays">
      {delays.map((delay) => (
        <Badge key={delay.kind} tone="warning">
          {delayText(delay, unit)}
        </Badge>
      ))}
    </p>
  );
}

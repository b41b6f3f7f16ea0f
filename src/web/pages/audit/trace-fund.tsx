import { LEVEL_LABELS, SOURCE_LABELS } from '../../../core/vocabulary.js';
import type { TraceView } from '../../../supervision/index.js';
import { Amount } from '../../components/amount.js';
import { Badge, Facts } from '../../components/notice.js';
import { Hash, LogLink, PageLink, SubjectLink } from './links.js';

const DOCUMENTS = {
  plan: '计划',
  grant: '下达',
  arrival: '到账',
  valuation: '估值',
  return: '缴回',
} as const;
const ISSUES = { allotment: '指标收文', disbursement: '资金到账' } as const;

/** A fund with the documents that brought its money, and what it took in from the level above. */
export function FundStep({ fund, here }: { fund: TraceView['funds'][number]; here: string }) {
  return (
    <>
      <h2>
        资金：
        <SubjectLink bookId={fund.bookId} type="fund" id={fund.fundId}>
          {fund.documentNo}
        </SubjectLink>
      </h2>
      <Facts
        items={[
          ['资金名称', fund.name],
          ['账套', `${fund.bookName}${fund.bookId === here ? '（本账套）' : '（上级）'}`],
          ['来源', `${SOURCE_LABELS[fund.type]}，${LEVEL_LABELS[fund.level]}，${fund.year} 年`],
          ['发文日期', fund.documentDate],
          [
            '去向',
            <PageLink
              key="tree"
              pattern="/books/:bookId/allotments/tree"
              of={{ bookId: fund.bookId }}
              query={`fundId=${fund.fundId}`}
            >
              指标下达树
            </PageLink>,
          ],
        ]}
      />
      {fund.documents.length > 0 ? (
        <ul>
          {fund.documents.map(({ id, kind, documentNo, effectiveDate, amount, logIndex }) => (
            <li key={id}>
              {DOCUMENTS[kind]}：{documentNo}，{effectiveDate}，<Amount yuan={amount} />，
              <LogLink bookId={fund.bookId} index={logIndex} />
            </li>
          ))}
        </ul>
      ) : null}
      {fund.issues.length > 0 ? (
        <>
          <h3>从上级收到</h3>
          <ul>
            {fund.issues.map((issue) => (
              <li key={issue.intakeId}>
                {ISSUES[issue.kind]}：{issue.documentNo}，{issue.effectiveDate}，
                <Amount yuan={issue.amount} />
                ，来自 {issue.issueBookName} 的 {issue.issueDocumentNo}（{issue.issueDate}），
                {issue.isHashConfirmed ? (
                  <Badge tone="ok">上级日志中的哈希一致</Badge>
                ) : (
                  <Badge tone="danger">与上级日志的哈希不一致</Badge>
                )}
                ，<LogLink bookId={fund.bookId} index={issue.logIndex} />
                <details>
                  <summary>上级记录的位置和哈希</summary>
                  <p>
                    上级日志第 {issue.issueLogIndex + 1} 条，叶子值 <Hash>{issue.issueLeafHash}</Hash>
                  </p>
                </details>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </>
  );
}

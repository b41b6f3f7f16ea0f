import { groupBy } from '../../../core/collections.js';
import { installationSubject, may } from '../../../organisations/index.js';
import { clauseCoverage } from '../../../policy/index.js';
import { ButtonForm } from '../../components/form.js';
import { ListTable, listSheet, TextFilterBar, textQuery } from '../../components/list.js';
import { Notice } from '../../components/notice.js';
import type { Column } from '../../components/table.js';
import type { PageContext } from '../../context.js';
import { definePage } from '../../page.js';
import { placesText } from '../../places.js';
import { showInstant } from '../audit/words.js';
import { CLAUSE_STATUSES, type ClauseStatus, Hash, PackFaults } from './policy-parts.js';

function packsOf({ deps }: Pick<PageContext, 'deps'>) {
  const { packs } = deps.policy.current;
  const rows = groupBy(clauseCoverage({ packs }), ({ pack }) => pack);
  return packs.map(({ document, sha256, rules, file }) => {
    const clauses = rows.get(document.id) ?? [];
    const count = (status: ClauseStatus) => clauses.filter((clause) => clause.status === status).length;
    return {
      ...document,
      file,
      sha256,
      rules: rules.length,
      enforced: count('enforced'),
      procedural: count('procedural'),
      no_duty: count('no_duty'),
    };
  });
}
type PackRow = ReturnType<typeof packsOf>[number];

const countColumn = (status: ClauseStatus): Column<PackRow> => ({
  key: status,
  label: CLAUSE_STATUSES[status][1],
  kind: 'count',
  basis: '政策包中处于这一状态的条款数；每条条款只有一种状态',
  value: (pack) => pack[status],
  show: (pack) => <a href={`/policy/coverage?pack=${pack.id}&status=${status}`}>{String(pack[status])}</a>,
});

const COLUMNS: readonly Column<PackRow>[] = [
  {
    key: 'title',
    label: '文件',
    value: ({ title }) => title,
    show: ({ id, title }) => (
      <a class="roomy" href={`/policy/coverage?pack=${id}`}>
        {title}
      </a>
    ),
  },
  {
    key: 'documentNo',
    label: '文号与发文机关',
    value: ({ documentNo, issuer }) => `${documentNo} ${issuer}`,
    show: ({ documentNo, issuer }) => (
      <>
        {documentNo}
        <br />
        <span class="soft">{issuer}</span>
      </>
    ),
  },
  { key: 'jurisdiction', label: '适用地区', value: ({ jurisdiction }) => placesText(jurisdiction) },
  {
    key: 'effectiveFrom',
    label: '施行',
    value: ({ effectiveFrom, effectiveUntil }) =>
      effectiveUntil === null ? `${effectiveFrom} 起` : `${effectiveFrom} 至 ${effectiveUntil}`,
  },
  countColumn('enforced'),
  countColumn('procedural'),
  countColumn('no_duty'),
  {
    key: 'rules',
    label: '规则',
    kind: 'count',
    basis: '政策包中的规则条数，含试运行的',
    value: ({ rules }) => rules,
  },
  {
    key: 'sha256',
    label: '文件指纹',
    value: ({ sha256 }) => sha256,
    show: ({ sha256 }) => <Hash hex={sha256} />,
  },
];

/** The packs in force, and what keeps newer ones from being so. */
export const policyPage = definePage({
  path: '/policy',
  query: textQuery,
  title: '政策包',
  load: async (page) => {
    const { store, policy } = page.deps;
    const installation = await installationSubject(store.read);
    return {
      packs: packsOf(page),
      loadedAt: policy.loadedAt,
      fault: policy.fault,
      mayReload: may(page.actor, 'policy.reload', installation).allowed,
    };
  },
  view: ({ packs, loadedAt, fault, mayReload }, { said }) => (
    <>
      {fault ? (
        <>
          <Notice
            tone="warning"
            title={`最新的政策包没有生效（${showInstant(fault.at)} 检查），现按 ${showInstant(loadedAt)} 载入的政策包办理。`}
          />
          <PackFaults title={fault.message} faults={fault.faults} />
        </>
      ) : said?.action === 'reload' && !said.problem ? (
        <Notice tone="ok" title="已重新载入，最新的政策包正在生效。" isAlert />
      ) : null}
      <TextFilterBar label="文件、文号、机关或地区" />
      <ListTable
        caption="现行政策包"
        columns={COLUMNS}
        rows={packs}
        idOf={({ id }) => id}
        tools={
          mayReload ? (
            <ButtonForm action="reload" look="main">
              重新载入
            </ButtonForm>
          ) : null
        }
        empty="没有载入政策包，报账等业务都要人工复核。请系统管理员检查政策包文件夹。"
      />
      <p class="hint">
        {showInstant(loadedAt)} 载入。政策包是服务器上的文件，改动后会自动载入
        {mayReload ? '，也可以点“重新载入”' : ''}；有错误时不生效，继续按原来的办理。
      </p>
    </>
  ),
  actions: { reload: { operation: 'POST /policy/reload', done: 'show' } },
  exported: async (page) => listSheet(page, '现行政策包', COLUMNS, packsOf(page)),
});

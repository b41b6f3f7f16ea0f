import { listCheckpointLags } from '../../../evidence/index.js';
import { listPeople } from '../../../organisations/index.js';
import { gapsOf } from '../../../policy/index.js';
import { Figure, Figures, Notice, Section } from '../../components/notice.js';
import type { PageContext } from '../../context.js';
import { overdueOf } from './overdue.js';
import { PackFaults } from './policy-parts.js';

/** More people without a role than this are counted as "so many and more". */
const MOST_PEOPLE = 99;

/** What an administrator has to look at. */
async function load({ deps, actor, today }: PageContext<unknown, unknown>) {
  const { policy, config, store, checkpoints } = deps;
  const people = await listPeople(store, actor, { limit: MOST_PEOPLE, state: 'without_role' });
  const lags = await listCheckpointLags(store, actor);
  const gaps = gapsOf(policy.current.packs, today, today);
  return {
    fault: policy.fault,
    hasStopped: checkpoints.fault !== null,
    people: people.items.length,
    hasMorePeople: people.nextCursor !== null,
    overdue: overdueOf(lags, deps.now().toISOString(), config.checkpointSeconds),
    books: lags.length,
    missing: gaps.filter(({ isKnown }) => !isKnown).length,
    known: gaps.filter(({ isKnown }) => isKnown).length,
  };
}
type AdminHome = Awaited<ReturnType<typeof load>>;

function View({ data }: { data: AdminHome }) {
  const { fault, hasStopped, people, hasMorePeople, overdue, books, missing, known } = data;
  const isQuiet = !fault && !hasStopped && people === 0 && overdue.length === 0 && missing === 0;
  return (
    <>
      {fault ? (
        <>
          <Notice tone="warning" title="最新的政策包没有生效，现按原来的政策包办理。">
            <p>
              改正之后，在“<a href="/policy">政策包</a>”重新载入。
            </p>
          </Notice>
          <PackFaults title={fault.message} faults={fault.faults} />
        </>
      ) : null}
      {hasStopped ? (
        <Notice
          tone="danger"
          title="日志与库外检查点不符，已停止签名。请按《证据与核验》第 5 章处理。"
          isAlert
        />
      ) : null}
      {isQuiet ? <Notice tone="ok" title="没有需要处理的事项。" /> : null}
      <Figures>
        <Figure
          label="没有岗位的人员"
          href="/people?state=without_role"
          basis="在用而没有任何岗位的人员，登录后不能办理业务"
          tone={people > 0 ? 'warning' : 'ok'}
        >
          {hasMorePeople ? `${people}+` : String(people)} 人
        </Figure>
        <Figure
          label="检查点逾期的账套"
          href="/health"
          basis={`可以查看的 ${books} 个账套中，有日志迟迟没有检查点的`}
          tone={overdue.length > 0 ? 'danger' : 'ok'}
        >
          {String(overdue.length)} 个
        </Figure>
        <Figure
          label="今天的规则空档"
          href="/policy/gaps"
          basis="今天施行而没有规则落实的条款、没有规则的来源、没有值的参数"
          tone={missing > 0 ? 'danger' : 'ok'}
        >
          {String(missing)} 处
        </Figure>
        <Figure
          label="已知待补的参数"
          href="/policy/gaps"
          basis="今天适用、登记为待补的参数；补上之前有关用款须人工复核"
          tone={known > 0 ? 'warning' : 'ok'}
        >
          {String(known)} 处
        </Figure>
      </Figures>
      <Section title="常办事项">
        <ul class="plain-list">
          <li>
            <a href="/organisations/new">登记单位</a>：新设的乡镇、社工站，新签约的承接机构
          </li>
          <li>
            <a href="/people/new">登记人员</a>、<a href="/people">授予或收回岗位</a>、重置密码
          </li>
          <li>
            <a href="/policy/backtests">回测</a>：改动政策包之前，先看对已有单据的影响
          </li>
          <li>
            <a href="/health">运行状况</a>
          </li>
        </ul>
      </Section>
    </>
  );
}

/** The workspace of administrators: what needs their attention. */
export const adminHome = { load, View };

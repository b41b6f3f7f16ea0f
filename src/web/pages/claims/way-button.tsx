import type { ObstacleView, SpendingPreview } from '../../../claims/index.js';
import type { WayOut } from '../../../contracts/index.js';
import { parseYuan, showYuan } from '../../../core/money.js';
import { Amount } from '../../components/amount.js';
import { Badge } from '../../components/notice.js';
import { usePage } from '../../context.js';
import { wayKey } from './ways.js';
import { placeOf } from './words.js';

/** Where the buttons of ways out belong, and what an exception would be asked for. */
export interface WayPlace {
  /** Name of the form. */
  readonly form: string;
  /** Id of what is replaced where there are scripts; null: the page is loaded anew. */
  readonly region: string | null;
  /** Null where the visitor asks for no exceptions. */
  readonly waiver: Readonly<Record<string, string>> | null;
}

/** Does what a way out says: changes the form and judges it again, or leads to the request for an exception. */
export function WayButton({ way, place }: { way: WayOut; place: WayPlace }) {
  const { path, params, pages } = usePage();
  const { form, region, waiver } = place;
  if (way.kind === 'waiver') {
    if (!waiver || !pages.has('/books/:bookId/waivers/new')) return null;
    return (
      <span class="way-buttons">
        {way.clauses.map((clause) => (
          <a
            key={clause}
            class="button plain"
            href={`/books/${params['bookId']}/waivers/new?${new URLSearchParams({ clause, ...waiver })}`}
          >
            申请例外（{clause}）
          </a>
        ))}
      </span>
    );
  }
  if (way.changes.length === 0) return null;
  const action = `apply:${wayKey(way)}`;
  const inPlace = region
    ? {
        'hx-post': path,
        'hx-target': `#${region}`,
        'hx-select': `#${region}`,
        'hx-swap': 'outerHTML show:#preview:top',
        'hx-encoding': 'multipart/form-data',
      }
    : {};
  return (
    <span class="way-buttons">
      <button
        type="submit"
        form={`form-${form}`}
        name="_action"
        value={action}
        class="button plain"
        id={`${form}-${action.replace(':', '-')}`}
        {...inPlace}
      >
        <span>
          <Said way={way} />
        </span>
      </button>
    </span>
  );
}

function Said({ way: { kind, changes } }: { way: WayOut }) {
  const [change] = changes;
  const lines = `第 ${changes.map(({ line }) => line).join('、')} 行`;
  if (kind === 'other_fund')
    return (
      <>
        改用这笔经费<span class="sr-only">支付{lines}</span>
      </>
    );
  if (kind === 'without_lines') return <>去掉{lines}</>;
  if (changes.length === 1 && change?.amount)
    return (
      <>
        {lines}金额改为 <Amount yuan={change.amount} />
      </>
    );
  return <>按这样改{lines}</>;
}

/** What besides the rules stands against the form: each with its figures, its place and what to do. */
export function Obstacles({
  preview: { obstacles },
  form,
  fundName,
}: {
  preview: SpendingPreview;
  /** The form whose fields they lead to; null where there is none. */
  form: string | null;
  fundName?: (fundId: string) => string;
}) {
  if (obstacles.length === 0) return null;
  return (
    <div class="decision obstacles">
      <p class="decision-head">余额、发票和账期：</p>
      <ul class="reasons">
        {obstacles.map((obstacle) => (
          <li key={`${obstacle.code} ${obstacle.path} ${obstacle.message}`} class="danger">
            <p class="reason-head">
              <Badge tone="danger">不能提交</Badge> <Place obstacle={obstacle} form={form} />
              {obstacle.fundId && fundName ? `${fundName(obstacle.fundId)}：` : ''}
              {obstacle.available === null ? (
                obstacle.message
              ) : (
                <>
                  可用 <Amount yuan={obstacle.available} />
                  ，本次 <Amount yuan={obstacle.needed ?? '0.00'} />
                  ，超出 <Amount yuan={obstacle.over ?? '0.00'} />
                </>
              )}
            </p>
            {obstacle.available === null || obstacle.fundId ? null : <p>{obstacle.message}</p>}
            <p>{obstacle.advice}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Place({ obstacle: { path }, form }: { obstacle: ObstacleView; form: string | null }) {
  const name = fieldOf(path);
  const text = placeOf(name);
  return form === null ? (
    <>{text}：</>
  ) : (
    <>
      <a href={`#${form}-${name}`}>{text}</a>：
    </>
  );
}

const fieldOf = (path: string) => path.slice(1).split('/').join('.');

/** What stands against each field, by its name: shown beside it. */
export function objectionsOf(preview: SpendingPreview | null): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { path, message, available, needed, over, fundId } of preview?.obstacles ?? []) {
    const name = fieldOf(path);
    const text =
      fundId && available
        ? `可用 ${show(available)} 元，本次 ${show(needed)} 元，超出 ${show(over)} 元`
        : message;
    found.set(name, [found.get(name), text].filter(Boolean).join('；'));
  }
  return found;
}

const show = (yuan: string | null) => showYuan(parseYuan(yuan ?? '0'));

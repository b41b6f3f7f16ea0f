import { listClaims, STATUS_LABELS } from '../../../claims/index.js';
import { listContracts } from '../../../contracts/index.js';
import { listOrganisations, listPeople } from '../../../organisations/index.js';
import type { DataSubjectKind } from '../../../privacy/index.js';
import { listProcedures } from '../../../procedures/index.js';
import { listWaivers } from '../../../waivers/index.js';
import type { PageContext } from '../../context.js';
import { SHOWN } from './all-rows.js';

/** Something whose texts could be erased. Texts may be sealed: they are put together where they are shown. */
export interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly note: string;
  /** Why it cannot be erased yet; null where it can. */
  readonly obstacle: string | null;
}
export interface Candidates {
  readonly items: readonly Candidate[];
  readonly nextCursor: string | null;
}
interface Asked {
  readonly text?: string | undefined;
  readonly cursor?: string | undefined;
}
type Load = (
  page: Pick<PageContext, 'deps' | 'actor' | 'today'>,
  bookId: string,
  asked: Asked,
) => Promise<Candidates>;

const paging = ({ cursor }: Asked) => ({ limit: SHOWN, ...(cursor === undefined ? {} : { cursor }) });
const searched = (asked: Asked) => ({ ...paging(asked), ...(asked.text ? { text: asked.text } : {}) });

const AT_REST: readonly string[] = [STATUS_LABELS.paid, STATUS_LABELS.closed, STATUS_LABELS.rejected];

/** Lists to choose from, of the kinds that have one; the others are named by who or what they are. */
export const CANDIDATES: Readonly<Partial<Record<DataSubjectKind, Load>>> = {
  person: async ({ deps, actor }, bookId, asked) => {
    const { items, nextCursor } = await listPeople(deps.store, actor, {
      ...searched(asked),
      bookId,
      state: 'ended',
    });
    const shown = items.map(({ id, displayName, loginName }) => ({
      id,
      name: displayName,
      note: loginName,
      obstacle: null,
    }));
    return { items: shown, nextCursor };
  },
  claim: async ({ deps, actor }, bookId, asked) => {
    const { items, nextCursor } = await listClaims(deps.store, actor, bookId, paging(asked));
    const shown = items.map(({ id, title, statusLabel }) => ({
      id,
      name: title,
      note: statusLabel,
      obstacle: AT_REST.includes(statusLabel) ? null : '尚未办结',
    }));
    return { items: shown, nextCursor };
  },
  contract: async ({ deps, actor }, bookId, asked) => {
    const { items, nextCursor } = await listContracts(deps.store, actor, bookId, {
      ...paging(asked),
      status: 'closed',
    });
    const shown = items.map(({ id, title, contractNo }) => ({
      id,
      name: title,
      note: contractNo,
      obstacle: null,
    }));
    return { items: shown, nextCursor };
  },
  waiver: async ({ deps, actor, today }, bookId, asked) => {
    const { items, nextCursor } = await listWaivers(deps.store, actor, bookId, paging(asked));
    const shown = items.map(({ id, clause, status, statusLabel, until }) => ({
      id,
      name: clause,
      note: `${statusLabel}，有效至 ${until}`,
      obstacle:
        (status === 'requested' || status === 'approved') && until >= today ? '尚在办理或有效期内' : null,
    }));
    return { items: shown, nextCursor };
  },
  procedureRecord: async ({ deps, actor }, bookId, asked) => {
    const { items, nextCursor } = await listProcedures(deps.store, actor, bookId, {
      ...paging(asked),
      state: 'all',
    });
    const shown = items.map(({ id, kindLabel, recordedAt }) => ({
      id,
      name: kindLabel,
      note: recordedAt.slice(0, 10),
      obstacle: null,
    }));
    return { items: shown, nextCursor };
  },
  organisation: async ({ deps, actor }, bookId, asked) => {
    const { items, nextCursor } = await listOrganisations(deps.store, actor, {
      ...paging(asked),
      bookId,
      kind: 'donor',
    });
    const shown = items.map(({ id, name, divisionCode }) => ({
      id,
      name,
      note: divisionCode,
      obstacle: null,
    }));
    return { items: shown, nextCursor };
  },
};

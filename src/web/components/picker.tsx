import type { Page } from '../../core/page.js';
import type { PageContext } from '../context.js';
import type { LocalAction } from '../page.js';
import { valueAt } from '../tree.js';
import { type Choice, SelectField } from './field.js';
import { Button, useForm, useValue } from './form.js';

/** Choices of a field out of a list that may be longer than a form can offer at once. */
export interface Found {
  readonly choices: readonly Choice[];
  /** There are more than are offered, or they were searched for: the box to search in stands above them. */
  readonly isSearched: boolean;
}

/** As many as are offered at once. */
const OFFERED_AT_ONCE = 200;

type Typing = Pick<PageContext, 'said'>;

/** The words that were typed to find choices of `of`; nothing before the button 查找 was pressed. */
function soughtIn({ said }: Typing, of: string): string | undefined {
  const typed = said ? valueAt(said.typed, `_find.${of}`) : undefined;
  return typeof typed === 'string' && typed.trim() !== '' ? typed.trim().slice(0, 100) : undefined;
}

/**
 * What a field offers: the hits of what was sought, or the beginning of the list. What was chosen before stays among
 * them, whatever is sought now, so that searching never loses a choice.
 */
export async function findChoices<Row>(
  page: Typing,
  of: string,
  read: (asked: { readonly text?: string; readonly limit: number }) => Promise<Page<Row>>,
  {
    chosen,
    show,
  }: {
    /** Those chosen before, as rows. */
    readonly chosen: readonly Row[];
    readonly show: (row: Row) => Choice;
  },
): Promise<Found> {
  const text = soughtIn(page, of);
  const { items, nextCursor } = await read({
    limit: OFFERED_AT_ONCE,
    ...(text === undefined ? {} : { text }),
  });
  const choices = new Map([...chosen, ...items].map(show));
  return { choices: [...choices], isSearched: text !== undefined || nextCursor !== null };
}

/** Belongs among the actions of a page with such a field: shows the form again, as it was typed, with the hits. */
export const FIND: LocalAction = { local: async (typed) => ({ typed }) };

/**
 * A select with a box to search in where the list is long. 查找 shows the form again, everything typed kept, with the
 * hits to choose from; with scripts only the form is replaced and the page keeps its place.
 */
export function PickField({
  of,
  found,
  ...field
}: Omit<Parameters<typeof SelectField>[0], 'choices'> & { of: string; found: Found }) {
  return (
    <>
      {found.isSearched ? <FindBox of={of} label={`查找${field.label}`} found={found} /> : null}
      <SelectField {...field} choices={found.choices} />
    </>
  );
}

/** The box alone, for a list that several fields of a form choose from. */
export function FindBox({ of, label, found }: { of: string; label: string; found: Found }) {
  const form = useForm();
  const value = useValue(`_find.${of}`);
  const id = `${form.name}-find-${of}`;
  const hits = found.choices.length;
  return (
    <div class="field find">
      <label for={id}>{label}</label>
      <div class="find-row">
        <input
          id={id}
          name={`_find.${of}`}
          type="search"
          value={value}
          autocomplete="off"
          aria-describedby={`${id}-hint`}
        />
        <Button action={`find:${of}`} isInPlace>
          查找
        </Button>
      </div>
      <p class="hint" id={`${id}-hint`} role="status">
        {value.trim() === ''
          ? `列表很长，只列出前 ${hits} 项。写名称的一部分，点“查找”。`
          : hits === 0
            ? `没有含“${value.trim()}”的，请换一个词。`
            : hits >= OFFERED_AT_ONCE
              ? `含“${value.trim()}”的很多，只列出 ${hits} 项，请写得更完整。`
              : `含“${value.trim()}”的和已选的共 ${hits} 项，请在下拉列表中选择。`}
      </p>
    </div>
  );
}

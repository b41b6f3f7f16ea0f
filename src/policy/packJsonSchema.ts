import { z } from 'zod';
import {
  BENEFICIARY_GROUPS,
  END_USER_LABELS,
  EVIDENCE_LABELS,
  GRADE_LABELS,
  LEVEL_LABELS,
  ORGANISATION_LABELS,
  PAYEE_LABELS,
  PRICING_LABELS,
  PROVIDER_KIND_LABELS,
  PURPOSE_LABELS,
  SERVICE_ITEMS,
  SOURCE_LABELS,
} from '../core/vocabulary.js';
import { ruleBase } from './kinds/base.js';
import { ruleSchema } from './kinds/index.js';
import { clauseSchema, FORCES, packSchema, packTestSchema } from './pack.schema.js';
import { parameterSchema } from './parameters.js';
import { PROCEDURES } from './procedures.js';

type Labels = Readonly<Record<string, string>>;
const labelled = (words: Readonly<Record<string, { readonly label: string }>>): Labels =>
  Object.fromEntries(Object.entries(words).map(([word, { label }]) => [word, label]));

/** Closed word lists; an enum that is exactly one of them shows each word's label. */
const VOCABULARIES: readonly Labels[] = [
  SOURCE_LABELS,
  LEVEL_LABELS,
  ORGANISATION_LABELS,
  PURPOSE_LABELS,
  END_USER_LABELS,
  PAYEE_LABELS,
  PROVIDER_KIND_LABELS,
  EVIDENCE_LABELS,
  PRICING_LABELS,
  GRADE_LABELS,
  FORCES,
  labelled(BENEFICIARY_GROUPS),
  labelled(SERVICE_ITEMS),
  { ...labelled(PROCEDURES), ...EVIDENCE_LABELS },
];

/** The parts that are written once and referred to, by name. */
function namedParts() {
  const names = z.registry<{ id: string }>();
  names.add(ruleBase.scope, { id: 'scope' });
  names.add(ruleBase.modes, { id: 'modes' });
  names.add(clauseSchema, { id: 'clause' });
  names.add(parameterSchema, { id: 'parameter' });
  names.add(packTestSchema, { id: 'test' });
  for (const option of ruleSchema.options) names.add(option, { id: `rule.${option.shape.kind.value}` });
  return names;
}

/**
 * What the loader accepts, as JSON Schema (draft-07) for editors: keys, words and their meanings. What parts of a pack
 * must agree on (clauses that rules name, and so on) only the loader checks.
 */
export function packJsonSchemaText(): string {
  const schema = z.toJSONSchema(packSchema, {
    target: 'draft-7',
    io: 'input',
    metadata: namedParts(),
    override: ({ zodSchema, jsonSchema }) => {
      const description = z.globalRegistry.get(zodSchema)?.description;
      if (description !== undefined) jsonSchema.description = description;
      const words = jsonSchema.enum;
      const labels = VOCABULARIES.find((list) => Object.keys(list).join() === words?.join());
      if (labels !== undefined) jsonSchema['enumDescriptions'] = Object.values(labels);
    },
  });
  return `${JSON.stringify({ ...schema, title: '政策包' }, null, 2)}\n`;
}

/**
 * The layers that money of one fund stands on (D3). Sources are what postings start from: their balance is never
 * above zero, and its opposite is the total that ever came in. All others are never below zero. The database
 * checks both signs (`account_sign`), so neither a bug nor a race can overspend.
 *
 * - Plan:       planned → expected
 * - Authority:  allotted → available → (reserved | encumbered) → spent; available → passed_down | returned
 * - Cash:       received → bank → in_transit → paid_out; bank → paid_out
 * - Provider:   entrusted → held → consumed: what a provider was paid and has accounted for (二级支出)
 * - Relief cap: service_quota → service_committed → service_paid: the numerator of the 5% rule (YN-22)
 */
export const SOURCE_LAYERS = ['planned', 'allotted', 'received', 'entrusted', 'service_quota'] as const;
export const USE_LAYERS = [
  'expected',
  'available',
  'encumbered',
  'reserved',
  'spent',
  'passed_down',
  'returned',
  'bank',
  'in_transit',
  'paid_out',
  'held',
  'consumed',
  'service_committed',
  'service_paid',
] as const;
export type Layer = (typeof SOURCE_LAYERS)[number] | (typeof USE_LAYERS)[number];

export const LAYER_LABELS: Readonly<Record<Layer, string>> = {
  planned: '计划',
  expected: '计划（未下达口径）',
  allotted: '下达',
  available: '可用指标',
  encumbered: '合同占用',
  reserved: '报账占用',
  spent: '支出',
  passed_down: '已下达下级',
  returned: '已缴回',
  received: '到账',
  bank: '账面资金',
  in_transit: '在途资金',
  paid_out: '已付资金',
  entrusted: '承接机构已收',
  held: '承接机构未报账',
  consumed: '承接机构已报账',
  service_quota: '救助购买服务额度',
  service_committed: '救助购买服务已占用',
  service_paid: '救助购买服务已支付',
};

export const isSource = (layer: string): boolean => (SOURCE_LAYERS as readonly string[]).includes(layer);

/** An account of a fund: a layer, and within it whose: a station, a contract, a claim, or '' for the common pool. */
export interface Account {
  readonly layer: Layer;
  readonly subject: string;
}
export const pool = (layer: Layer, subject = ''): Account => ({ layer, subject });

import { z } from 'zod';
import { showYuan } from '../../core/money.js';
import { action, attach, breach, caseKind, NOTHING, needsReview } from './base.js';

const STAFF_LABELS = {
  certifiedWorkersPerStation: '持证社工',
  fulltimeWorkersPerStation: '专职社工',
} as const;

/** The fewest social workers per station. */
export const minimumStaff = caseKind(
  'minimum_staff',
  {
    workers: z.enum(['certifiedWorkersPerStation', 'fulltimeWorkersPerStation']),
    minimumParameter: z.string(),
  },
  (rule, { facts, parameters }) => {
    if (facts.contract === null) return NOTHING;
    const label = STAFF_LABELS[rule.workers];
    const count = facts.contract[rule.workers];
    const minimum = parameters.count(rule.minimumParameter, facts.businessDate);
    if (count === null || minimum === null) {
      const what = count === null ? `合同没有写明每站${label}人数` : `没有现行的每站${label}标准`;
      return needsReview(`${what}，无法核对配备`, [attach('staff_roster'), action(`登记每站${label}人数`)]);
    }
    if (count >= minimum) return NOTHING;
    return breach(`每站${label} ${count} 名，低于 ${minimum} 名`, [
      attach('staff_roster'),
      action(`补足每站 ${minimum} 名${label}`),
    ]);
  },
);

/** The yearly labour cost per post that the price is built on is not below the local floor. */
export const labourCostFloor = caseKind(
  'labour_cost_floor',
  { floorParameter: z.string() },
  (rule, { facts, parameters }) => {
    if (facts.contract === null) return NOTHING;
    const cost = facts.contract.unitLabourCostFen;
    const floor = parameters.fen(rule.floorParameter, facts.businessDate);
    if (cost === null || floor === null) {
      const what =
        cost === null ? '合同没有写明岗位人力成本' : `没有登记 ${facts.businessDate} 适用的平均工资基准`;
      return needsReview(`${what}，无法核对人力成本下限`, [
        action(cost === null ? '登记人力成本测算表' : '由政策管理员登记当年城镇单位在岗职工平均工资'),
      ]);
    }
    if (cost >= floor) return NOTHING;
    return breach(
      `岗位人力成本每年 ${showYuan(cost)} 元，低于基准 ${showYuan(floor)} 元`,
      [action('按不低于基准重新测算人力成本')],
      {
        figures: [
          ['岗位人力成本', `${showYuan(cost)} 元/年`],
          ['基准', `${showYuan(floor)} 元/年`],
        ],
      },
    );
  },
);

import { SOURCE_TYPES, type SourceType } from '../core/vocabulary.js';
import { FIGURE_BASES, QUALIFIERS } from '../ledger/index.js';

/**
 * Every amount of the five seed documents (F001–F070), as stated: 万元, with 约/余/多/近, whichever of the four amounts
 * it is, and the place in its document (L: line of the source text). Topics are ours; figures of one topic are
 * compared. Per-person ranges (F005, F006, F041) stand as two figures of two topics.
 *
 * no | division | topic | basis | source | 万元 | qualifier | as of | document | place
 */
const STATED = `
F001 | 510000 | 四川第二批试点省级奖补 | allotted | provincial_subsidy | 4680 | exact | 2022 | 001 | L10–11
F002 | 510000 | 四川社工站点链接社会资源（估值） | linked | charity | 2846 | exact | 截至报道日（2022） | 001 | L52–53
F003 | 510000 | 四川“十三五”社工投入 | unstated | - | 50000 | exact | 2016–2020 | 002 | L76–78
F004 | 510000 | 四川“三区三州”等地社工项目 | unstated | - | 2636 | exact | “十三五”累计 | 002 | L105
F005 | 510000 | 四川社区矫正社工个人奖励（下限，每人每年） | unstated | - | 2 | exact | 现行 | 002 | L99
F005 | 510000 | 四川社区矫正社工个人奖励（上限，每人每年） | unstated | - | 5 | exact | 现行 | 002 | L99
F006 | 510000 | 四川社工年薪（82%的人低于此数） | unstated | - | 5 | exact | “十三五”末 | 002 | L142–144
F006 | 510000 | 四川社工年薪（41%的人低于此数） | unstated | - | 3 | exact | “十三五”末 | 002 | L142–144
F007 | 530000 | 云南省厅和民政部支持慈善社工事业 | unstated | - | 4355 | exact | 2021至2022年中 | 003 | 材料一 一 L117–119
F008 | 530000 | 云南其中保障社工站建设 | unstated | - | 3194 | exact | 2021至2022年中 | 003 | 材料一 一 L119–121
F009 | 530000 | 昆明、玉溪、迪庆争取财政支持 | unstated | local_budget | 500 | nearly | 2021以来 | 003 | 材料一 一 L125–127
F010 | 532500 | 红河州福彩公益金投入社工站 | unstated | welfare_lottery | 345.5 | exact | 2021以来 | 003 | 材料一 一 L127–129
F011 | 530600 | 昭通市福彩公益金投入社工站 | unstated | welfare_lottery | 254 | exact | 2021以来 | 003 | 材料一 一 L129
F012 | 532600 | 文山州福彩公益金建站补助 | unstated | welfare_lottery | 208 | exact | 2021以来 | 003 | 材料一 一 L129
F013 | 530600 | 昭通市投入社工站建设资金 | unstated | - | 9000 | more | 未注明 | 003 | 材料一 一 L131
F014 | 530100 | 昆明市整合专项资金 | unstated | - | 2200 | more | 未注明 | 003 | 材料一 一 L131–133
F015 | 533400 | 迪庆州整合各类资金 | unstated | - | 1000 | more | 未注明 | 003 | 材料一 一 L133
F016 | 530000 | 全国购买社会救助服务支出 | spent | social_relief | 280000 | at_least | 2020 | 003 | 材料一 二(六) L459
F017 | 530600 | 昭通市督导经费 | planned | - | 30 | exact | 2022 | 003 | 材料二 昭通 L582
F018 | 530600 | 昭通市投入社工站建设资金 | unstated | - | 7715 | exact | 2021 | 003 | 材料二 昭通 L593–595
F019 | 530600 | 昭通市投入社工站建设资金 | planned | - | 9877 | exact | 2022计划 | 003 | 材料二 昭通 L595
F020 | 530600 | 昭通市考前培训 | unstated | - | 37 | exact | 两年 | 003 | 材料二 昭通 L613
F021 | 530600 | 昭通市链接慈善资金 | linked | charity | 300 | more | 2021以来 | 003 | 材料二 昭通 L668
F022 | 533100 | 德宏州建站启动资金 | unstated | welfare_lottery | 20 | exact | 2021以来 | 003 | 材料二 德宏 L841–843
F023 | 532500 | 红河州福彩公益金投入社工站 | allotted | - | 380 | more | 截至2022-06 | 003 | 材料三 红河 L2297
F024 | 532500 | 红河州福彩公益金投入社工站 | planned | welfare_lottery | 416 | exact | 截至2022-06 | 003 | 材料三 红河 L2327
F025 | 532500 | 红河州社工人才持证奖励 | unstated | local_budget | 56 | exact | 未注明 | 003 | 材料三 红河 L2352–2354
F026 | 533100 | 德宏州各县建站启动资金（每县） | unstated | welfare_lottery | 4 | exact | 2021 | 003 | 材料二 德宏 L862–864
F027 | 533100 | 德宏州链接社会慈善资源 | linked | charity | 57.25 | exact | 累计 | 003 | 材料二 德宏 L845
F028 | 533100 | 德宏州省级试点西山乡社工站 | unstated | - | 20 | exact | 2022年初 | 003 | 材料三 德宏 L3433–3435
F029 | 533102 | 瑞丽市购买第三方心理疏导 | unstated | - | 20 | exact | 2022 | 003 | 材料三 德宏 L3490–3492
F030 | 533400 | 迪庆州本级争取社工站建设资金 | unstated | local_budget | 71 | exact | 累计 | 003 | 材料二 迪庆 L1024–1026
F031 | 533400 | 迪庆三县（市）计提结余救助资金 | unstated | social_relief | 85 | exact | 2021以来 | 003 | 材料二 迪庆 L1030
F032 | 533400 | 迪庆29个乡镇社工站公益筹款 | unstated | charity | 18 | exact | 未注明 | 003 | 材料二 迪庆 L1034
F033 | 533400 | 迪庆州ME创新资助计划 | unstated | charity | 40 | exact | 未注明 | 003 | 材料二 迪庆 L1040
F034 | 533400 | 迪庆州美好乡村计划 | unstated | charity | 29.7 | exact | 未注明 | 003 | 材料二 迪庆 L1042
F035 | 533400 | 迪庆州整合各类资金 | unstated | - | 1073 | more | 启动至今 | 003 | 材料二 迪庆 L1069
F036 | 530112 | 西山区链接资源价值（估值） | linked | charity | 90.08 | exact | 2021以来 | 003 | 材料二 西山 L1200–1202
F037 | 530112 | 西山区五社联动和社工站项目 | unstated | - | 600 | more | 2022 | 003 | 材料二 西山 L1210
F038 | 532329 | 武定县机构引进项目资金 | unstated | charity | 100 | exact | 2022 | 003 | 材料二 武定 L1258
F039 | 532329 | 武定县整合救助、福彩等购买服务 | unstated | - | 40 | more | 未注明 | 003 | 材料二 武定 L1301–1303
F040 | 532329 | 武定县整合团委等部门资金 | unstated | department_purchase | 12 | exact | 3年周期 | 003 | 材料二 武定 L1307
F041 | 532329 | 武定县持证一次性奖励（下限，每人） | unstated | - | 0.06 | exact | 未注明 | 003 | 材料二 武定 L1334–1336
F041 | 532329 | 武定县持证一次性奖励（上限，每人） | unstated | - | 0.1 | exact | 未注明 | 003 | 材料二 武定 L1334–1336
F042 | 530100 | 昆明市整合专项资金 | unstated | - | 2252 | exact | 截至2022-06 | 003 | 材料三 昆明 L1479–1481
F043 | 530300 | 曲靖市每站建设标准（下限） | planned | - | 2 | at_least | 现行 | 003 | 材料三 曲靖 L1719–1721
F044 | 530300 | 曲靖市社工站建设投入 | unstated | - | 66 | exact | 2022 | 003 | 材料三 曲靖 L1729–1731
F045 | 530302 | 麒麟区五社联动项目 | unstated | - | 212 | exact | 2022 | 003 | 材料三 曲靖 L1746–1748
F046 | 530303 | 沾益区白水镇救急难 | spent | social_relief | 3.3 | exact | 2021以来 | 003 | 材料三 曲靖 L1793
F047 | 530303 | 沾益区白水镇临时救助 | spent | social_relief | 14.84 | exact | 2021以来 | 003 | 材料三 曲靖 L1795
F048 | 530300 | 曲靖市考前培训 | unstated | - | 7.144 | exact | 2022 | 003 | 材料三 曲靖 L1815
F049 | 532300 | 楚雄州投入社工站建设和服务 | unstated | - | 1100 | more | 2021-02至2022-06 | 003 | 材料三 楚雄 L1888
F050 | 532300 | 楚雄州链接资源 | linked | charity | 20 | more | 累计 | 003 | 材料三 楚雄 L2041
F051 | 530400 | 玉溪市社工站（室）建设服务经费 | unstated | - | 119 | exact | 截至2022-06 | 003 | 材料三 玉溪 L2138
F052 | 530400 | 玉溪市链接慈善款物（估值） | linked | charity | 35.34 | exact | 截至2022-06 | 003 | 材料三 玉溪 L2171
F053 | 530400 | 玉溪市人才专项培养 | unstated | - | 150 | more | 2021以来 | 003 | 材料三 玉溪 L2181–2183
F054 | 530400 | 玉溪市玉带街道省级示范点 | unstated | - | 30 | exact | 未注明 | 003 | 材料三 玉溪 L2204
F055 | 532600 | 文山州福彩公益金建站补助 | unstated | welfare_lottery | 208 | exact | 2021 | 003 | 材料三 文山 L2514–2516
F056 | 532600 | 文山州未成年人保护示范项目 | unstated | - | 400 | more | 累计 | 003 | 材料三 文山 L2621
F057 | 530800 | 普洱市福彩公益金建站补助 | unstated | welfare_lottery | 219 | exact | 2021以来 | 003 | 材料三 普洱 L2686
F058 | 530800 | 普洱市考前培训 | unstated | - | 40 | exact | 2022 | 003 | 材料三 普洱 L2737–2739
F059 | 530800 | 普洱市校园社工站试点 | unstated | welfare_lottery | 20 | exact | 2022 | 003 | 材料三 普洱 L2741–2743
F060 | 532800 | 西双版纳州省级试点建设资金 | unstated | - | 40 | exact | 未注明 | 003 | 材料三 西双版纳 L2850–2852
F061 | 532800 | 西双版纳州社工站奖补资金 | unstated | - | 20 | exact | 未注明 | 003 | 材料三 西双版纳 L2854
F062 | 532900 | 大理州中央福彩下拨七县 | allotted | welfare_lottery | 14 | exact | 2022 | 003 | 材料三 大理 L2999
F063 | 530500 | 保山市投入各类资金 | unstated | - | 201 | exact | 截至2022 | 003 | 材料三 保山 L3117
F064 | 530700 | 丽江市慈善会资金购买服务 | unstated | charity | 10 | exact | 未注明 | 003 | 材料三 丽江 L3683
F065 | 533300 | 怒江州开展社会工作和建站 | unstated | - | 256 | exact | 截至2022 | 003 | 材料三 怒江 L3737
F066 | 533323 | 福贡县政府购买服务 | unstated | local_budget | 20 | exact | 2021 | 003 | 材料三 怒江 L3806–3808
F067 | 530900 | 临沧市累计投入 | unstated | - | 259 | exact | 2021以来 | 003 | 材料三 临沧 L4043
F068 | 530900 | 临沧市社会救助资金发放 | spent | social_relief | 31000 | exact | 2022-01至06 | 003 | 材料三 临沧 L4104
F069 | 530900 | 临沧市孤儿等生活费 | spent | social_relief | 724 | exact | 2022-01至06 | 003 | 材料三 临沧 L4106
F070 | 530900 | 临沧市流浪乞讨救助 | spent | social_relief | 21.46 | exact | 2022-01至06 | 003 | 材料三 临沧 L4108
`;

/** What the documents' own parts add up to, where that may differ from what they state (不一致 I-04 … I-18). */
const COMPUTED = `
I-04 | 533400 | 迪庆州整合各类资金 | unstated | - | 243.7 | exact | 明细合计 | 003 | F030+F031+F032+F033+F034
I-05 | 530300 | 曲靖市社工站建设投入 | planned | - | 274 | at_least | 按标准测算 | 003 | 137 站 × 2 万元（F043）
I-06 | 530400 | 玉溪市社工站（室）建设服务经费 | planned | - | 150 | at_least | 按标准测算 | 003 | 75 站 × 2 万元（YN-29）
I-07 | 530800 | 普洱市福彩公益金建站补助 | planned | welfare_lottery | 218 | exact | 按标准测算 | 003 | 109 站 × 2 万元
I-08 | 533100 | 德宏州建站启动资金 | planned | welfare_lottery | 20 | exact | 2021 | 003 | 5 县 × 4 万元（F026）
I-18 | 532300 | 楚雄州投入社工站建设和服务 | unstated | - | 1100 | exact | 2021-02至2022-06 | 003 | 材料三 楚雄 L1947
`;

const DOCUMENTS: Readonly<Record<string, string>> = {
  '001': '四川第二批试点报道（001）',
  '002': '四川“十四五”社工人才规划（002）',
  '003': '云南2022年年中推进会（003）',
};

export interface SeedFigure {
  /** F001 … F070, or the contradiction that a sum belongs to. */
  readonly no: string;
  readonly divisionCode: string;
  readonly topic: string;
  readonly basis: (typeof FIGURE_BASES)[number];
  readonly sourceType: SourceType | null;
  readonly wan: string;
  readonly qualifier: (typeof QUALIFIERS)[number];
  readonly asOf: string;
  readonly sourceName: string;
  readonly sourceSection: string;
}

export const STATED_FIGURES = parse(STATED);
export const COMPUTED_FIGURES = parse(COMPUTED);

function parse(table: string): SeedFigure[] {
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const cells = line.split(' | ');
      const [no, divisionCode, topic, basis, source, wan, qualifier, asOf, document, place] = cells as [
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
      ];
      return {
        no,
        divisionCode,
        topic,
        basis: word(FIGURE_BASES, basis),
        sourceType: source === '-' ? null : word(SOURCE_TYPES, source),
        wan,
        qualifier: word(QUALIFIERS, qualifier),
        asOf,
        sourceName: DOCUMENTS[document] as string,
        sourceSection: `${place} · ${no}`,
      };
    });
}

function word<T extends string>(words: readonly T[], text: string): T {
  const found = words.find((candidate) => candidate === text);
  if (found === undefined) throw new Error(`figures: unknown word ${text}`);
  return found;
}
